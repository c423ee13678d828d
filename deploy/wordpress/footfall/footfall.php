<?php
/**
 * Plugin Name:       Footfall
 * Description:       Asks visitors fairly, counts those who say yes, and keeps nothing about them. Needs a Footfall of your charity or of a partner.
 * Version:           1.0.0
 * Requires at least: 6.1
 * Requires PHP:      7.4
 * Author:            Footfall
 * License:           GPL-2.0-or-later
 * License URI:       https://www.gnu.org/licenses/gpl-2.0.html
 * Text Domain:       footfall
 * Domain Path:       /languages
 *
 * Footfall for WordPress is free software: you can redistribute it and/or modify it under the terms of the GNU General
 * Public License as published by the Free Software Foundation, either version 2 of the License, or (at your option) any
 * later version. It comes without any warranty; see the file LICENSE.
 *
 * @package Footfall
 */

namespace Footfall;

defined( 'ABSPATH' ) || exit;

const VERSION = '1.0.0';
const FILE    = __FILE__;

require __DIR__ . '/includes/settings.php';
require __DIR__ . '/includes/tag.php';
require __DIR__ . '/includes/consent.php';

add_action(
	'init',
	function () {
		load_plugin_textdomain( 'footfall', false, dirname( plugin_basename( FILE ) ) . '/languages' );
	}
);
add_action( 'wp_head', __NAMESPACE__ . '\print_tag', 1 );
add_shortcode( 'footfall_choices', __NAMESPACE__ . '\choices_link' );
declare_consent();

if ( is_admin() ) {
	require __DIR__ . '/includes/page.php';
	add_action( 'admin_menu', __NAMESPACE__ . '\add_page' );
	add_filter( 'plugin_action_links_' . plugin_basename( FILE ), __NAMESPACE__ . '\add_settings_link' );
}
