<?php
/**
 * Notes each request that PHP wants to send, in the log that the test reads.
 *
 * @package Footfall
 */

add_filter(
	'pre_http_request',
	function ( $answer, $arguments, $url ) {
		error_log( 'outgoing: ' . $url );
		return $answer;
	},
	10,
	3
);
