// Syntax, built-ins and web interfaces as Chromium 86 has them. Scripts run as they are written.
import esX from "eslint-plugin-es-x";

import chromium86 from "./eslint-chromium86.mjs";

// Of what is younger than ES2021 Chromium 86 had these already.
const HAS = /class-(fields|instance-fields|static-fields|private-fields|private-methods)$|hashbang$/;
const younger = Object.entries(esX.configs["flat/restrict-to-es2021"].rules);

export default [
  {
    files: ["**/*.js"],
    languageOptions: { ecmaVersion: "latest", sourceType: "module" },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    plugins: { cehours: chromium86, "es-x": esX },
    rules: {
      "cehours/chromium-86": "error",
      ...Object.fromEntries(younger.filter(([rule]) => !HAS.test(rule))),
    },
  },
];
