<?php
/**
 * The form of the settings page.
 *
 * @package Footfall
 * @var array{base: string, site: string, safeguarding: bool, editors: bool} $values What the fields show.
 * @var array<string, string>                                                $errors What to mend, by field.
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
		print_box(
			'safeguarding',
			__( 'Safety', 'footfall' ),
			__( 'It could be dangerous for a visitor if somebody found out that they had been on this website', 'footfall' ),
			__( 'Ticked for you if the line that you paste says data-safeguarding. Visitors’ devices then forget what they chose when the website is closed, even at times when Footfall cannot be reached. Tick it yourself only if your Footfall knows about it too: the check below says whether it does.', 'footfall' ),
			$values['safeguarding']
		);
		print_box(
			'editors',
			__( 'People who edit', 'footfall' ),
			__( 'Also ask and count people who are logged in and may write on this website', 'footfall' ),
			__( 'Usually off: your own work is no visit. To see what visitors see, open the website in a private window.', 'footfall' ),
			$values['editors']
		);
		?>
		<tr>
			<th scope="row"><?php esc_html_e( 'Language', 'footfall' ); ?></th>
			<td><p><?php echo esc_html( language_note() ); ?></p></td>
		</tr>
	</table>
	<?php submit_button(); ?>
</form>
