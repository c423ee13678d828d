<?php
/**
 * Removes all that the plugin keeps: two options, on each website of a network.
 *
 * @package Footfall
 */

defined( 'WP_UNINSTALL_PLUGIN' ) || exit;

/** Removes the options of the current website. */
function footfall_forget() {
	delete_option( 'footfall_tag' );
	delete_option( 'footfall_editors' );
}

if ( ! is_multisite() ) {
	footfall_forget();
	return;
}
foreach ( get_sites( array( 'fields' => 'ids', 'number' => 0 ) ) as $footfall_site ) {
	switch_to_blog( $footfall_site );
	footfall_forget();
	restore_current_blog();
}
