// Checks the tag from the settings page: reads the home page as somebody who is not logged in, and asks the collector for
// the banner. The findings stand in the page already, hidden; those that hold are shown. A site that Footfall knows as a
// safeguarding one gets its box ticked, for the administrator to save.
(() => {
  const button = document.getElementById("footfall-check");
  if (!button) return;
  const findings = document.querySelectorAll("#footfall-findings [data-finding]");
  const { base, site } = button.dataset;
  const safeguarding = "safeguarding" in button.dataset;
  const asVisitor = { credentials: "omit", cache: "no-store" };

  const lookAtPage = async () => {
    const answer = await fetch(button.href, asVisitor);
    if (!answer.ok) return "page-lost";
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const tags = [...page.querySelectorAll("script[data-site]")].filter((tag) => /\/footfall[^/]*\.js$/.test(tag.src));
    if (tags.length > 1) return "tag-twice";
    const same = ({ src, dataset }) =>
      src === `${base}/footfall.js` && dataset.site === site && "safeguarding" in dataset === safeguarding;
    return tags.some(same) ? "tag-once" : "tag-missing";
  };

  const askFootfall = async () => {
    const answer = await fetch(`${base}/v1/sites/${site}/banner?lang=en`, asVisitor);
    if (answer.status === 404) return "site-unknown";
    if (!answer.ok) return "footfall-lost";
    const banner = await answer.json();
    if (banner.safeguarding === safeguarding) return "site-known";
    if (safeguarding) return "safety-unknown";
    document.querySelector("[name=footfall_safeguarding]").checked = true;
    return "safety-untold";
  };

  button.addEventListener("click", async (event) => {
    event.preventDefault();
    for (const finding of findings) finding.hidden = true;
    const found = await Promise.all([
      lookAtPage().catch(() => "page-lost"),
      askFootfall().catch(() => "footfall-lost"),
    ]);
    for (const finding of findings) finding.hidden = !found.includes(finding.dataset.finding);
  });
})();
