<?php
/**
 * The part of the settings page that comes once the tag is set up. The check runs in the browser (assets/check.js): this
 * server calls nobody.
 *
 * @package Footfall
 */

namespace Footfall;

defined( 'ABSPATH' ) || exit;

$findings = array(
	'tag-once'       => __( 'Good: your home page has the tag, once.', 'footfall' ),
	'tag-missing'    => __( 'Your home page does not have this tag. If a plugin or your host keeps copies of pages (a cache), empty it and check again.', 'footfall' ),
	'tag-twice'      => __( 'Your home page has more than one tag of Footfall. Remove the one that was pasted into the theme or into another plugin.', 'footfall' ),
	'page-lost'      => __( 'Your home page could not be read from here. Open it in a private window: visitors should be asked at its top.', 'footfall' ),
	'site-known'     => __( 'Good: Footfall answers and knows this site key.', 'footfall' ),
	'site-unknown'   => __( 'Footfall answers, but does not know this site key. Compare it with the line that you were given.', 'footfall' ),
	'footfall-lost'  => __( 'There was no answer from Footfall at this address. Compare it with the line that you were given; if it is right, tell whoever looks after your Footfall.', 'footfall' ),
	'safety-untold'  => __( 'Your Footfall treats this website as one where it could be dangerous to be found out, but the tag does not say so. The box under “Safety” is now ticked for you: press Save Changes.', 'footfall' ),
	'safety-unknown' => __( 'The box under “Safety” is ticked, but your Footfall does not know that this website needs it, so visitors’ devices still keep what they chose. Ask whoever looks after your Footfall to turn on “safeguarding” for this site.', 'footfall' ),
);
$good     = array( 'tag-once', 'site-known' );
?>
<h2><?php esc_html_e( 'Check', 'footfall' ); ?></h2>
<p><?php esc_html_e( 'Your browser reads the home page as a visitor would, and asks Footfall what it knows of this site.', 'footfall' ); ?></p>
<p><a class="button" id="footfall-check" href="<?php echo esc_url( home_url( '/' ) ); ?>"
	data-base="<?php echo esc_attr( tag()['base'] ); ?>" data-site="<?php echo esc_attr( tag()['site'] ); ?>"
	<?php echo tag()['safeguarding'] ? 'data-safeguarding' : ''; ?>><?php esc_html_e( 'Check that the tag is seen', 'footfall' ); ?></a></p>
<div id="footfall-findings" role="status">
	<?php foreach ( $findings as $name => $text ) : ?>
		<div hidden class="notice inline <?php echo in_array( $name, $good, true ) ? 'notice-success' : 'notice-error'; ?>" data-finding="<?php echo esc_attr( $name ); ?>">
			<p><?php echo esc_html( $text ); ?></p>
		</div>
	<?php endforeach; ?>
</div>

<h2><?php esc_html_e( 'A link to the choices', 'footfall' ); ?></h2>
<p><?php esc_html_e( 'Footfall puts a link at the end of each page by which visitors can change their mind. To have it in another place, for example in the text of your privacy page, write there:', 'footfall' ); ?></p>
<p><code>[footfall_choices]</code></p>
<?php if ( function_exists( 'wp_has_consent' ) ) : ?>
	<h2><?php esc_html_e( 'Other plugins', 'footfall' ); ?></h2>
	<p><?php esc_html_e( 'The WP Consent API is active: plugins that follow it hear what each visitor chose.', 'footfall' ); ?></p>
<?php endif; ?>
