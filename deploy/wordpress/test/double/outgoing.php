<?php
/**
 * Instead of the network: each request that PHP wants to send fails, and is noted in the log with who wanted it.
 *
 * @package Footfall
 */

defined( 'ABSPATH' ) || exit;

add_filter(
	'pre_http_request',
	function ( $answer, $arguments, $url ) {
		$files = implode( ' ', array_column( debug_backtrace( DEBUG_BACKTRACE_IGNORE_ARGS ), 'file' ) );
		$who   = false === strpos( $files, '/plugins/footfall/' ) ? 'WordPress' : 'Footfall';
		error_log( "outgoing by $who: " . wp_parse_url( $url, PHP_URL_HOST ) );
		return new WP_Error( 'http_request_failed', 'There is no network in this test.' );
	},
	10,
	3
);
