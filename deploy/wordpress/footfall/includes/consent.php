<?php
/**
 * The bridge to the WP Consent API, by which other plugins hear what a visitor chose.
 *
 * @package Footfall
 */

namespace Footfall;

defined( 'ABSPATH' ) || exit;

/** Says that this plugin follows the API, and that without a yes nothing is allowed. */
function declare_consent(): void {
	add_filter( 'wp_consent_api_registered_' . plugin_basename( FILE ), '__return_true' );
	add_filter( 'wp_get_consent_type', __NAMESPACE__ . '\consent_type' );
	add_action( 'wp_enqueue_scripts', __NAMESPACE__ . '\enqueue_bridge' );
}

/**
 * Visitors opt in. Says nothing until the tag is set up, for until then nobody is asked.
 *
 * @param string|false $type What another plugin has said.
 * @return string|false
 */
function consent_type( $type ) {
	return null === tag() ? $type : 'optin';
}

/** Loads the bridge after the API's own script, on pages that have the tag. */
function enqueue_bridge(): void {
	if ( null === tag() || ! is_public_page() || ! function_exists( 'wp_has_consent' ) ) {
		return;
	}
	wp_enqueue_script( 'footfall-consent', plugins_url( 'assets/consent.js', FILE ), array( 'wp-consent-api' ), VERSION, true );
}
