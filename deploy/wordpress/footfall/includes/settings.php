<?php
/**
 * What is set: the two options, and the rules for what may be typed.
 *
 * @package Footfall
 */

namespace Footfall;

defined( 'ABSPATH' ) || exit;

const TAG     = 'footfall_tag';     // Option: array( 'base' => 'https://stats.example.org.uk', 'site' => 'kx4f9q', 'safeguarding' => false ).
const EDITORS = 'footfall_editors'; // Option: '1' when people who may write on the website get the tag too.

/**
 * What the tag says; null until address and key are set. Safeguarding is not there where an older version saved.
 *
 * @return array{base: string, site: string, safeguarding: bool}|null
 */
function tag(): ?array {
	$tag = get_option( TAG );
	return is_array( $tag ) && isset( $tag['base'], $tag['site'] ) ? $tag + array( 'safeguarding' => false ) : null;
}

/** Whether people who may write on the website get the tag too. */
function editors_too(): bool {
	return '1' === get_option( EDITORS );
}

/**
 * Keeps what was typed if all of it is right.
 *
 * @param array{base: string, site: string, safeguarding: bool, editors: bool} $typed What was typed.
 * @return array<string, string> What to mend, by field; empty when it was saved.
 */
function save( array $typed ): array {
	list( $base, $site, $safeguarding ) = unpack_tag( $typed );

	$base   = tidy_address( $base );
	$site   = strtolower( $site );
	$errors = array_filter(
		array(
			'base' => address_error( $base ),
			'site' => key_error( $site ),
		)
	);
	if ( ! $errors ) {
		update_option( TAG, compact( 'base', 'site', 'safeguarding' ) );
		update_option( EDITORS, $typed['editors'] ? '1' : '0' );
	}
	return $errors;
}

/**
 * Takes apart a whole tag that was pasted as the address. A tag without data-safeguarding does not undo the box: that
 * would keep more on visitors' devices, so it takes a hand.
 *
 * @param array{base: string, site: string, safeguarding: bool} $typed What was typed.
 * @return array{0: string, 1: string, 2: bool} Address, key, and whether it is a safeguarding site.
 */
function unpack_tag( array $typed ): array {
	list( 'base' => $base, 'site' => $site, 'safeguarding' => $safeguarding ) = $typed;
	if ( ! preg_match( '/<script\b.*?\ssrc=["\']?([^"\'\s>]+)/is', $base, $src ) ) {
		return array( $base, $site, $safeguarding );
	}
	if ( '' === $site && preg_match( '/\sdata-site=["\']?([^"\'\s>]+)/i', $base, $key ) ) {
		$site = $key[1];
	}
	return array( $src[1], $site, $safeguarding || preg_match( '/\sdata-safeguarding[\s=>\/]/i', $base ) );
}

/** Brings an address into the form that is kept: https:// if nothing is said, no file name, no slash at the end. */
function tidy_address( string $base ): string {
	if ( '' !== $base && ! str_contains( $base, '://' ) ) {
		$base = 'https://' . $base;
	}
	$host = strcspn( $base, '/', 8 ) + 8; // Where the host ends: its capitals mean nothing, those of a path may.
	$base = strtolower( substr( $base, 0, $host ) ) . substr( $base, $host );
	return rtrim( preg_replace( '#/footfall\.js$#', '', $base ), '/' );
}

/** What is wrong with an address; '' if nothing is. */
function address_error( string $base ): string {
	if ( '' === $base ) {
		return __( 'Enter the address of your Footfall, for example https://stats.example.org.uk.', 'footfall' );
	}
	$parts = wp_parse_url( $base );
	$host  = $parts['host'] ?? '';
	$local = 'localhost' === $host || '127.0.0.1' === $host || str_ends_with( $host, '.localhost' );
	if ( ! preg_match( '/^([a-z0-9-]+\.)+[a-z0-9-]+$|^localhost$/', $host ) || preg_match( '#[^a-z0-9/._~:-]#i', $base ) ) {
		return __( 'This is not an address that can be used. It looks like https://stats.example.org.uk, without anything after a ? or #.', 'footfall' );
	}
	if ( 'https' !== $parts['scheme'] && ! ( 'http' === $parts['scheme'] && $local ) ) {
		return __( 'The address must start with https://, so that nobody on the way can read or change what is sent.', 'footfall' );
	}
	return '';
}

/** What is wrong with a site key; '' if nothing is. */
function key_error( string $site ): string {
	if ( '' === $site ) {
		return __( 'Enter the site key, for example kx4f9q.', 'footfall' );
	}
	if ( ! preg_match( '/^[0-9a-z]{6}$/D', $site ) ) {
		return __( 'A site key has exactly six characters, each a digit or a letter from a to z, for example kx4f9q.', 'footfall' );
	}
	return '';
}
