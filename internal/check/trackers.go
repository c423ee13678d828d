package check

// The uses of a tracker; they say how to hold it back.
const (
	script = "script" // a tag that measures, advertises, or chats
	embed  = "embed"  // a frame or widget with content for the visitor
	fonts  = "fonts"  // letters and icons
)

// trackers is written by hand: who is behind a host, a kept name or a global
// of a page, in the words of somebody who does not build websites. Names may
// end with *, hosts stand for their subdomains too.
var trackers = []tracker{
	// Google
	{"Google Analytics", script, "measures visits for the site and for Google, with an id per browser", "google-analytics.com analytics.google.com", "_ga _ga_* _gid _gat _gat_* _gac_* __utma __utmb __utmc __utmt __utmv __utmz", "gaGlobal gaData GoogleAnalyticsObject"},
	{"Google Tag Manager", script, "loads other tags that somebody chose elsewhere", "googletagmanager.com", "_dc_gtm_*", "google_tag_manager"},
	{"Google Ads", script, "measures and targets adverts, with an id per browser", "googleadservices.com googlesyndication.com doubleclick.net adservice.google.com adservice.google.co.uk", "_gcl_* __gads __gpi __eoi", "google_trackConversion adsbygoogle googletag"},
	{"YouTube", embed, "plays videos and keeps an id for adverts", "youtube.com", "VISITOR_INFO1_LIVE VISITOR_PRIVACY_METADATA __Secure-ROLLOUT_TOKEN yt-remote-* yt-player-* yt.innertube::*", "YT"},
	{"YouTube (nocookie)", embed, "plays videos; Google learns of the visit, and keeps something once a video is played", "youtube-nocookie.com", "", ""},
	{"Google Maps", embed, "shows a map; Google learns of the visit", "maps.googleapis.com maps.gstatic.com maps.google.com maps.google.co.uk", "", ""},
	{"Google Fonts", fonts, "sends letters to the page; Google learns the address of each visitor", "fonts.googleapis.com fonts.gstatic.com", "", ""},
	{"Google reCAPTCHA", script, "guesses whether a visitor is a person by watching the browser", "recaptcha.net", "_GRECAPTCHA rc::*", "grecaptcha"},
	{"Google", embed, "serves maps, search boxes, log-in or reCAPTCHA of Google", "www.google.com www.google.co.uk apis.google.com accounts.google.com www.gstatic.com", "", ""},
	// Social media
	{"Meta Pixel", script, "tells Facebook and Instagram who visits, for adverts", "connect.facebook.net facebook.com facebook.net", "_fbp _fbc lastExternalReferrer*", "fbq _fbq"},
	{"Instagram embed", embed, "shows posts; Meta learns of the visit", "instagram.com cdninstagram.com", "ig_did", "instgrm"},
	{"LinkedIn Insight", script, "tells LinkedIn who visits, for adverts", "snap.licdn.com licdn.com linkedin.com", "li_fat_id li_gc li_sugr ln_or bcookie bscookie lidc AnalyticsSyncHistory UserMatchHistory li_adsId", "_linkedin_partner_id _linkedin_data_partner_ids lintrk"},
	{"TikTok Pixel", script, "tells TikTok who visits, for adverts", "analytics.tiktok.com", "_ttp _tt_enable_cookie ttcsid ttcsid_*", "ttq TiktokAnalyticsObject"},
	{"TikTok embed", embed, "shows videos; TikTok learns of the visit", "tiktok.com tiktokcdn.com ttwstatic.com", "tt_chain_token ttwid", ""},
	{"X (Twitter) Pixel", script, "tells X who visits, for adverts", "static.ads-twitter.com analytics.twitter.com analytics.x.com ads-twitter.com t.co", "muc_ads personalization_id _twclid", "twq"},
	{"X (Twitter) embed", embed, "shows posts; X learns of the visit", "twitter.com x.com twimg.com", "guest_id guest_id_*", "twttr"},
	{"Snapchat Pixel", script, "tells Snapchat who visits, for adverts", "sc-static.net tr.snapchat.com tr6.snapchat.com", "_scid _scid_r _sctr", "snaptr"},
	{"Pinterest Tag", script, "tells Pinterest who visits, for adverts", "ct.pinterest.com pinterest.com pinimg.com", "_pin_unauth _pinterest_ct_ua _epik _derived_epik", "pintrk"},
	{"Reddit Pixel", script, "tells Reddit who visits, for adverts", "redditstatic.com alb.reddit.com pixel-config.reddit.com", "_rdt_uuid _rdt_*", "rdt"},
	{"AddThis", script, "share buttons that follow visitors across sites", "addthis.com addthisedge.com", "__atuvc __atuvs _at.*", "addthis"},
	{"ShareThis", script, "share buttons that follow visitors across sites", "sharethis.com", "__stid __stidv fpestid", ""},
	{"AddToAny", script, "share buttons of a third party", "addtoany.com", "", "a2a_config"},
	{"Disqus", embed, "comments that follow readers across sites", "disqus.com disquscdn.com", "disqus_unique disqusauth", "DISQUS"},
	// Measuring and recording
	{"Hotjar", script, "records what visitors move, click and type", "hotjar.com hotjar.io", "_hj*", "hj _hjSettings"},
	{"Microsoft Clarity", script, "records what visitors move, click and type", "clarity.ms", "_clck _clsk _cltk", "clarity"},
	{"Matomo", script, "measures visits, with an id per browser unless set up without", "matomo.cloud innocraft.cloud", "_pk_id* _pk_ses* _pk_ref* _pk_cvar* _pk_hsr* MATOMO_SESSID mtm_*", "Matomo Piwik _paq"},
	{"Adobe Analytics", script, "measures and targets visitors, with an id per browser", "omtrdc.net 2o7.net demdex.net everesttech.net adobedtm.com adobedc.net", "s_cc s_sq s_vi s_fid s_ecid AMCV_* AMCVS_* demdex mbox kndctr_*", "s_gi _satellite AppMeasurement"},
	{"Segment", script, "collects what visitors do and hands it to other tools", "segment.com segment.io", "ajs_anonymous_id ajs_user_id ajs_group_id ajs_*", ""},
	{"Amplitude", script, "follows what each visitor does, with an id per browser", "amplitude.com", "AMP_* amplitude_* amp_*", "amplitude"},
	{"Mixpanel", script, "follows what each visitor does, with an id per browser", "mixpanel.com mxpnl.com", "mp_* __mp_opt_in_out_*", "mixpanel"},
	{"Heap", script, "follows everything each visitor does", "heapanalytics.com heap-api.com", "_hp2_*", "heap"},
	{"PostHog", script, "follows what each visitor does, and may record it", "posthog.com", "ph_* __ph_opt_in_out_*", "posthog"},
	{"FullStory", script, "records what visitors move, click and type", "fullstory.com", "fs_uid fs_lua fs_cid", "_fs_namespace"},
	{"Mouseflow", script, "records what visitors move, click and type", "mouseflow.com", "mf_*", "mouseflow"},
	{"Lucky Orange", script, "records what visitors move, click and type", "luckyorange.com luckyorange.net", "_lo_* _lorid __lotl", "__lo_site_id"},
	{"Crazy Egg", script, "records where visitors click", "crazyegg.com", "_ce.* cebs cebsp_* _CEFT", "CE2"},
	{"Smartlook", script, "records what visitors move, click and type", "smartlook.com smartlook.cloud", "SL_*", "smartlook"},
	{"LogRocket", script, "records what visitors move, click and type", "logrocket.io logrocket.com lr-ingest.io lr-in.com lr-in-prod.com", "_lr_*", ""},
	{"Yandex Metrica", script, "measures and records visits, with an id per browser", "mc.yandex.ru mc.yandex.com yandex.ru", "_ym_* yandexuid yabs-sid", "Ya"},
	{"Siteimprove", script, "measures visits, with an id per browser", "siteimproveanalytics.com siteimproveanalytics.io siteimprove.com", "nmstat siteimproveses", "_sz"},
	{"WordPress.com Stats", script, "measures visits for Automattic's Jetpack", "stats.wp.com pixel.wp.com", "tk_ai tk_qs tk_or tk_lr", "_stq"},
	{"Cloudflare Web Analytics", script, "measures visits without cookies; Cloudflare learns of each", "cloudflareinsights.com", "", "__cfBeacon"},
	{"Plausible", script, "counts visits without cookies; a third party learns of each", "plausible.io", "plausible_ignore", "plausible"},
	{"Fathom", script, "counts visits without cookies; a third party learns of each", "usefathom.com", "", "fathom"},
	{"Quantcast", script, "measures audiences across sites, for adverts", "quantserve.com quantcount.com quantcast.com", "__qca", "_qevents"},
	{"Comscore", script, "measures audiences across sites", "scorecardresearch.com", "", "COMSCORE"},
	{"Optimizely", script, "shows different visitors different pages", "optimizely.com", "optimizely*", "optimizely"},
	{"VWO", script, "shows different visitors different pages, and may record them", "visualwebsiteoptimizer.com", "_vwo_* _vis_opt_*", "_vwo_code"},
	{"New Relic", script, "measures how the page runs in each browser", "nr-data.net newrelic.com", "NRBA_*", "NREUM"},
	{"Sentry", script, "reports faults of the page, with what led to them", "sentry.io sentry-cdn.com", "sentryReplaySession", "__SENTRY__"},
	{"Datadog", script, "measures how the page runs in each browser", "datadoghq.com datadoghq.eu datadoghq-browser-agent.com", "_dd_s", "DD_RUM"},
	// Marketing and adverts
	{"Microsoft Advertising", script, "measures and targets adverts, with an id per browser", "bat.bing.com bat.bing.net", "_uetsid _uetsid_* _uetvid _uetvid_* _uetmsclkid", "UET uetq"},
	{"HubSpot", script, "follows each visitor for marketing, with an id per browser", "hs-scripts.com hs-analytics.net hs-banner.com hsforms.com hsforms.net hubspot.com usemessages.com hscollectedforms.net hsadspixel.net", "__hstc hubspotutk __hssc __hssrc messagesUtk", "_hsq HubSpotConversations"},
	{"Salesforce Pardot", script, "follows each visitor for marketing", "pardot.com", "visitor_id* pi_opt_in* lpv*", "piTracker"},
	{"Marketo", script, "follows each visitor for marketing", "marketo.net mktoresp.com marketo.com", "_mkto_trk", "Munchkin"},
	{"Mailchimp", script, "sign-up forms, and follows visitors for marketing", "chimpstatic.com list-manage.com mcusercontent.com", "_mcid mcform*", ""},
	{"Klaviyo", script, "follows each visitor for marketing", "klaviyo.com", "__kla_id klaviyo*", "_klOnsite"},
	{"ActiveCampaign", script, "follows each visitor for marketing", "trackcmp.net activehosted.com", "ac_enable_tracking prism_*", "trackcmp_email"},
	{"Criteo", script, "follows visitors across sites, for adverts", "criteo.com criteo.net", "cto_bundle cto_*", "criteo_q"},
	{"Taboola", script, "adverts that follow visitors across sites", "taboola.com", "t_gid taboola*", "_taboola"},
	{"Outbrain", script, "adverts that follow visitors across sites", "outbrain.com", "obuid outbrain_cid_fetch", "obApi"},
	{"The Trade Desk", script, "follows visitors across sites, for adverts", "adsrvr.org", "", "ttd_dom_ready"},
	{"Xandr", script, "follows visitors across sites, for adverts", "adnxs.com", "", "apntag"},
	{"Amazon Ads", script, "follows visitors across sites, for adverts", "amazon-adsystem.com", "ad-id ad-privacy", "apstag"},
	// Content, chat, payment
	{"Vimeo", embed, "plays videos and measures who watches", "vimeo.com vimeocdn.com", "vuid", ""},
	{"Spotify", embed, "plays music and keeps an id", "spotify.com scdn.co", "sp_t sp_landing", ""},
	{"SoundCloud", embed, "plays sound and keeps an id", "soundcloud.com sndcdn.com", "sc_anonymous_id WIDGET::local::*", ""},
	{"Adobe Fonts", fonts, "sends letters to the page; Adobe learns the address of each visitor", "typekit.net typekit.com", "", "Typekit"},
	{"Font Awesome", fonts, "sends icons to the page; a third party learns the address of each visitor", "fontawesome.com", "", "FontAwesomeKitConfig"},
	{"Gravatar", embed, "shows pictures of authors; Automattic learns of the visit", "gravatar.com", "", ""},
	{"Intercom", script, "chat that follows each visitor", "intercom.io intercomcdn.com intercom.com", "intercom-*", "Intercom"},
	{"Zendesk", script, "chat and help, with an id per browser", "zendesk.com zdassets.com zopim.com", "__zlcmid ZD-*", "zE"},
	{"Drift", script, "chat that follows each visitor", "drift.com driftt.com", "drift_* driftt_*", "driftt"},
	{"tawk.to", script, "chat, with an id per browser", "tawk.to", "twk_* TawkConnectionTime tawkUUID", "Tawk_API"},
	{"Crisp", script, "chat, with an id per browser", "crisp.chat", "crisp-client*", "$crisp"},
	{"LiveChat", script, "chat, with an id per browser", "livechatinc.com livechat.com", "__lc_cid __lc_cst", "LiveChatWidget"},
	{"Stripe", script, "takes payments, and watches the browser for fraud", "stripe.com stripe.network", "__stripe_mid __stripe_sid", "Stripe"},
	{"PayPal", script, "takes payments, and watches the browser for fraud", "paypal.com paypalobjects.com", "__paypal_storage__", "paypal"},
}
