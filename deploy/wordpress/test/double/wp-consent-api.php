<?php
/**
 * A test double of the plugin WP Consent API (wordpress.org/plugins/wp-consent-api), which cannot be fetched here: the
 * functions and filters that its documentation names, as it describes them, for use as a must-use plugin. It also prints
 * what PHP is told.
 *
 * @package Footfall
 */

defined( 'ABSPATH' ) || exit;

function wp_get_consent_type() {
	return apply_filters( 'wp_get_consent_type', false );
}

function wp_has_consent( $category ) {
	$type  = wp_get_consent_type();
	$given = $_COOKIE[ "wp_consent_$category" ] ?? '';
	$has   = ! $type || 'allow' === $given || ( false !== strpos( $type, 'optout' ) && '' === $given );
	return apply_filters( 'wp_has_consent', $has, $category, false );
}

function consent_api_registered( $plugin ) {
	return apply_filters( "wp_consent_api_registered_{$plugin}", false );
}

add_action(
	'wp_enqueue_scripts',
	function () {
		wp_enqueue_script( 'wp-consent-api', content_url( 'mu-plugins/wp-consent-api.js' ), array(), '0', true );
		wp_localize_script( 'wp-consent-api', 'consent_api', array( 'consent_type' => wp_get_consent_type() ) );
	},
	PHP_INT_MAX - 100
);

add_action(
	'wp_head',
	function () {
		echo '<meta name="php-is-told" content="' . ( wp_has_consent( 'statistics' ) ? 'yes' : 'no' ) . '">';
	}
);
