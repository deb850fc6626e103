// Properties, selectors and values that Chromium 86 does not know are errors.
const chromium86 = {
  browsers: ["chrome 86"],
  ignorePartialSupport: true,
  // Mistakes :not([type="x"]) for a list; the notation rule below finds real lists.
  ignore: ["css-not-sel-list"],
};

// Where a layout changes; custom properties do not work in media queries. Their meaning: docs/front-end.md.
const breakpoints = { "max-width": ["40rem", "48rem", "56rem", "64rem"], "min-width": ["40.0625rem"] };

// These have tokens (static/css/tokens.css): corners, and the thick edge that carries a tone.
const literals = {
  "border-radius": ["/^[0-9.]+px/"],
  "/^border-(top|right|bottom|left)(-width)?$/": ["/^[3-9]px/"],
};

export default {
  plugins: ["stylelint-no-unsupported-browser-features"],
  rules: {
    "plugin/no-unsupported-browser-features": [true, chromium86],
    "selector-not-notation": "simple",
    "media-feature-name-value-allowed-list": breakpoints,
    "declaration-property-value-disallowed-list": literals,
  },
};
