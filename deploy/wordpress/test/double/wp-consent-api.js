// A test double of the script of the plugin WP Consent API: its documented functions, cookies and event.
window.wp_fallback_consent_type = window.consent_api.consent_type;

window.wp_has_consent = (category) => {
  const type = window.wp_consent_type ?? window.wp_fallback_consent_type;
  const given = document.cookie.match(`(?:^|; )wp_consent_${category}=([^;]*)`)?.[1] ?? "";
  return !type || given === "allow" || (type.includes("optout") && given === "");
};

window.wp_set_consent = (category, value) => {
  if (value !== "allow" && value !== "deny") return;
  document.cookie = `wp_consent_${category}=${value}; max-age=${30 * 86_400}; path=/`;
  const detail = [];
  detail[category] = value;
  document.dispatchEvent(new CustomEvent("wp_listen_for_consent_change", { detail }));
};
