<?php
/**
 * The form of the settings page.
 *
 * @package Footfall
 * @var array{base: string, site: string, editors: bool} $values What the fields show.
 * @var array<string, string>                            $errors What to mend, by field.
 */

namespace Footfall;

defined( 'ABSPATH' ) || exit;
?>
<p><?php esc_html_e( 'Footfall asks the visitors of this website whether their visits may be counted. It counts those who say yes, and keeps nothing about them.', 'footfall' ); ?></p>
<form method="post" action="<?php echo esc_url( page_url() ); ?>" novalidate>
	<input type="hidden" name="footfall" value="save">
	<?php wp_nonce_field( 'footfall' ); ?>
	<table class="form-table" role="presentation">
		<?php
		print_field(
			'base',
			__( 'Address of your Footfall', 'footfall' ),
			__( 'For example https://stats.example.org.uk. If you were given a whole line that starts with <script, paste all of it here and leave the site key empty.', 'footfall' ),
			$values['base'],
			$errors['base'] ?? ''
		);
		print_field(
			'site',
			__( 'Site key', 'footfall' ),
			__( 'Six characters that name this website, for example kx4f9q.', 'footfall' ),
			$values['site'],
			$errors['site'] ?? ''
		);
		?>
		<tr>
			<th scope="row"><?php esc_html_e( 'People who edit', 'footfall' ); ?></th>
			<td>
				<label><input type="checkbox" name="footfall_editors" value="1" aria-describedby="footfall_editors-help" <?php checked( $values['editors'] ); ?>>
					<?php esc_html_e( 'Also ask and count people who are logged in and may write on this website', 'footfall' ); ?></label>
				<p class="description" id="footfall_editors-help"><?php esc_html_e( 'Usually off: your own work is no visit. To see what visitors see, open the website in a private window.', 'footfall' ); ?></p>
			</td>
		</tr>
		<tr>
			<th scope="row"><?php esc_html_e( 'Language', 'footfall' ); ?></th>
			<td><p><?php echo esc_html( language_note() ); ?></p></td>
		</tr>
	</table>
	<?php submit_button(); ?>
</form>
