// Properties, selectors and values that Chromium 86 does not know are errors.
const chromium86 = {
  browsers: ["chrome 86"],
  ignorePartialSupport: true,
  // Mistakes :not([type="x"]) for a list; the notation rule below finds real lists.
  ignore: ["css-not-sel-list"],
};

export default {
  plugins: ["stylelint-no-unsupported-browser-features"],
  rules: {
    "plugin/no-unsupported-browser-features": [true, chromium86],
    "selector-not-notation": "simple",
  },
};
