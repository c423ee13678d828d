<?php
/**
 * The settings page: Settings > Footfall.
 *
 * @package Footfall
 */

namespace Footfall;

defined( 'ABSPATH' ) || exit;

const PAGE = 'footfall';

/** Puts the page into the menu; what is sent from it is taken before anything is printed. */
function add_page(): void {
	$hook = add_options_page( __( 'Footfall', 'footfall' ), __( 'Footfall', 'footfall' ), 'manage_options', PAGE, __NAMESPACE__ . '\print_page' );
	if ( $hook ) {
		add_action( 'load-' . $hook, __NAMESPACE__ . '\take_form' );
	}
}

/**
 * A link to the page, in the list of plugins.
 *
 * @param string[] $links Links of this plugin.
 * @return string[]
 */
function add_settings_link( array $links ): array {
	array_unshift( $links, '<a href="' . esc_url( page_url() ) . '">' . esc_html__( 'Settings', 'footfall' ) . '</a>' );
	return $links;
}

function page_url(): string {
	return admin_url( 'options-general.php?page=' . PAGE );
}

/**
 * Saves the form. If something in it is wrong the same request prints the page with what was typed, so nothing is lost
 * and nothing wrong is kept anywhere.
 */
function take_form(): void {
	wp_enqueue_script( 'footfall-check', plugins_url( 'assets/check.js', FILE ), array(), VERSION, true );
	if ( ! isset( $_POST['footfall'] ) ) {
		return;
	}
	check_admin_referer( 'footfall' );
	if ( ! current_user_can( 'manage_options' ) ) {
		wp_die( esc_html__( 'You may not change these settings.', 'footfall' ), 403 );
	}
	form( typed(), save( typed() ) );
	if ( ! form()['errors'] ) {
		wp_safe_redirect( add_query_arg( 'footfall-saved', '1', page_url() ) );
		exit;
	}
}

/**
 * What was typed. Not sanitized, because a whole tag may have been pasted: save() keeps only what fits its rules.
 *
 * @return array{base: string, site: string, safeguarding: bool, editors: bool}
 */
function typed(): array {
	// phpcs:disable WordPress.Security.NonceVerification.Missing -- take_form() has checked it.
	$text = function ( string $field ): string {
		$value = isset( $_POST[ $field ] ) && is_string( $_POST[ $field ] ) ? wp_unslash( $_POST[ $field ] ) : ''; // phpcs:ignore WordPress.Security.ValidatedSanitizedInput
		return substr( trim( wp_check_invalid_utf8( $value ) ), 0, 2000 );
	};
	return array(
		'base'         => $text( 'footfall_base' ),
		'site'         => $text( 'footfall_site' ),
		'safeguarding' => isset( $_POST['footfall_safeguarding'] ),
		'editors'      => isset( $_POST['footfall_editors'] ),
	);
	// phpcs:enable
}

/**
 * What the form shows: what is saved, or what was typed and is wrong.
 *
 * @param array|null            $values New values, if any.
 * @param array<string, string> $errors What to mend, by field.
 * @return array{values: array{base: string, site: string, safeguarding: bool, editors: bool}, errors: array<string, string>}
 */
function form( ?array $values = null, array $errors = array() ): array {
	static $form = null;
	if ( $values ) {
		$form = compact( 'values', 'errors' );
	}
	$saved = array_merge(
		array(
			'base'         => '',
			'site'         => '',
			'safeguarding' => false,
			'editors'      => editors_too(),
		),
		tag() ?? array()
	);
	return $form ?? array(
		'values' => $saved,
		'errors' => array(),
	);
}

/** Prints the page. */
function print_page(): void {
	list( 'values' => $values, 'errors' => $errors ) = form();

	echo '<div class="wrap"><h1>' . esc_html__( 'Footfall', 'footfall' ) . '</h1>';
	print_outcome( $errors );
	require __DIR__ . '/form.php';
	if ( null !== tag() && ! $errors ) {
		require __DIR__ . '/check.php';
	}
	echo '</div>';
}

/**
 * Says what has become of the form.
 *
 * @param array<string, string> $errors What to mend, by field.
 */
function print_outcome( array $errors ): void {
	if ( $errors ) {
		$text = __( 'Nothing was saved. Please mend what is marked below.', 'footfall' );
		echo '<div class="notice notice-error" role="alert"><p>' . esc_html( $text ) . '</p></div>';
	} elseif ( isset( $_GET['footfall-saved'] ) ) { // phpcs:ignore WordPress.Security.NonceVerification.Recommended
		$text = __( 'Saved. The tag is now on your public pages.', 'footfall' );
		echo '<div class="notice notice-success" role="status"><p>' . esc_html( $text ) . '</p></div>';
	}
}

/**
 * Prints a field of the form, with its explanation and what is wrong with it.
 *
 * @param string $name  Name of the field.
 * @param string $label Its label.
 * @param string $help  Its explanation.
 * @param string $value What stands in it.
 * @param string $error What is wrong, or ''.
 */
function print_field( string $name, string $label, string $help, string $value, string $error ): void {
	$id   = 'footfall_' . $name;
	$size = 'site' === $name ? 'size="8"' : '';
	?>
	<tr>
		<th scope="row"><label for="<?php echo esc_attr( $id ); ?>"><?php echo esc_html( $label ); ?></label></th>
		<td>
			<input type="text" class="<?php echo $size ? 'code' : 'regular-text code'; ?>" name="<?php echo esc_attr( $id ); ?>" id="<?php echo esc_attr( $id ); ?>"
				value="<?php echo esc_attr( $value ); ?>" autocomplete="off" autocapitalize="none" spellcheck="false" <?php echo $size; // phpcs:ignore WordPress.Security.EscapeOutput ?>
				aria-describedby="<?php echo esc_attr( $error ? "$id-error $id-help" : "$id-help" ); ?>" <?php echo $error ? 'aria-invalid="true"' : ''; ?>>
			<?php if ( $error ) : ?>
				<div class="notice notice-error inline" id="<?php echo esc_attr( $id ); ?>-error"><p><?php echo esc_html( $error ); ?></p></div>
			<?php endif; ?>
			<p class="description" id="<?php echo esc_attr( $id ); ?>-help"><?php echo esc_html( $help ); ?></p>
		</td>
	</tr>
	<?php
}

/**
 * Prints a box to tick.
 *
 * @param string $name    Name of the field.
 * @param string $label   Heading of its row.
 * @param string $says    What a tick says.
 * @param string $help    Its explanation.
 * @param bool   $checked Whether it is ticked.
 */
function print_box( string $name, string $label, string $says, string $help, bool $checked ): void {
	$id = 'footfall_' . $name;
	?>
	<tr>
		<th scope="row"><?php echo esc_html( $label ); ?></th>
		<td>
			<label><input type="checkbox" name="<?php echo esc_attr( $id ); ?>" value="1" aria-describedby="<?php echo esc_attr( $id ); ?>-help" <?php checked( $checked ); ?>>
				<?php echo esc_html( $says ); ?></label>
			<p class="description" id="<?php echo esc_attr( $id ); ?>-help"><?php echo esc_html( $help ); ?></p>
		</td>
	</tr>
	<?php
}

/** Says in which language visitors will be asked. */
function language_note(): string {
	$lang = get_bloginfo( 'language' );
	/* translators: %s: code of a language, such as en-GB. */
	$note = sprintf( __( 'Visitors are asked in the language that each page states. Pages of this website state: %s.', 'footfall' ), $lang );
	if ( in_array( strtolower( substr( $lang, 0, 2 ) ), array( 'en', 'cy', 'pl', 'ur', 'ar' ), true ) ) {
		return $note;
	}
	return $note . ' ' . __( 'Footfall has no words in that language, so it asks in English.', 'footfall' );
}
