/** Imported by what wears the class `figure`: gives the page the colors of the reports' figures, light and dark. */
import { figureStyleSheet } from "../../../src/measure/report/index.ts";

const colors = new CSSStyleSheet();
colors.replaceSync(figureStyleSheet);
document.adoptedStyleSheets = [...document.adoptedStyleSheets, colors];
