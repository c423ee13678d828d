<?php
/**
 * What visitors get: the tag on public pages, and a link to the choices.
 *
 * @package Footfall
 */

namespace Footfall;

defined( 'ABSPATH' ) || exit;

/** Prints the tag. WordPress's own function prints it, so that plugins for a content security policy can add a nonce. */
function print_tag(): void {
	$tag = tag();
	if ( null === $tag || ! is_public_page() ) {
		return;
	}
	wp_print_script_tag(
		array(
			'async'             => true,
			'src'               => $tag['base'] . '/footfall.js',
			'data-site'         => $tag['site'],
			'data-safeguarding' => $tag['safeguarding'],
		)
	);
}

/** Whether a visitor reads this page: no preview, no embed, no page inside the editor, and no editor at work. */
function is_public_page(): bool {
	$framed = defined( 'IFRAME_REQUEST' ) && IFRAME_REQUEST;
	if ( $framed || is_admin() || is_preview() || is_customize_preview() || is_feed() || is_embed() ) {
		return false;
	}
	return editors_too() || ! current_user_can( 'edit_posts' );
}

/**
 * The shortcode [footfall_choices], with words of one's own as [footfall_choices text="Cookies and statistics"].
 *
 * @param array|string $attributes What stands in the brackets.
 */
function choices_link( $attributes ): string {
	if ( null === tag() ) {
		return '';
	}
	$attributes = shortcode_atts( array( 'text' => __( 'Statistics choices', 'footfall' ) ), $attributes, 'footfall_choices' );
	return '<a href="#" data-footfall-open>' . esc_html( $attributes['text'] ) . '</a>';
}
