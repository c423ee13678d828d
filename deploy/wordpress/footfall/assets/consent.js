// Tells the WP Consent API what the visitor chose, whenever that changes. A category follows the purpose of the same name,
// so other plugins may only do what the banner has asked for. No is the API's default and writes nothing.
(() => {
  const purposeOf = {
    statistics: "statistics",
    "statistics-anonymous": "statistics",
    preferences: "preferences",
    marketing: "marketing",
  };

  const agree = ({ choices, allowed }) => {
    for (const [category, purpose] of Object.entries(purposeOf)) {
      // Counting that needs no yes is ours alone: others may count only after one.
      const yes = [choices, allowed].every((said) => said?.includes(purpose));
      if (yes !== window.wp_has_consent(category)) window.wp_set_consent(category, yes ? "allow" : "deny");
    }
  };

  window.footfall = window.footfall || []; // calls wait here until footfall.js has loaded
  window.footfall.push(["on", "ready", agree]);
  window.footfall.push(["on", "change", agree]);
})();
