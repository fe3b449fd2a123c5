// Pages.
export {
  bulletList,
  type CaptionedFigure,
  commandBlock,
  type DataTable,
  dataTable,
  type Fact,
  factTable,
  figures,
  heading,
  imageRow,
  type KeyNumber,
  keyNumbers,
  note,
  paragraph,
  type ReportImage,
  stepList,
} from "./blocks.ts";
export { type BoundariesOptions, boundariesReport, boundaryFigures } from "./boundaries-report.ts";
export { type CasePage, type CasePages, casePages } from "./case-pages.ts";
export { explainCurves, explainScore, explainVerification, type VerificationCounts } from "./explanations.ts";
// Figures: typed data to self-contained SVG text.
export type { FigureSize, Mark } from "./figures/axes.ts";
export { type ComparedRun, type ComparisonOptions, comparisonFigure } from "./figures/comparison.ts";
export { angularBandsFigure, decisionRegionsFigure, type NamedBand } from "./figures/decisions.ts";
export { type FeatureSet, featureCircleFigure, featurePlaneFigure } from "./figures/features.ts";
export { type HeatMap, heatMapFigure } from "./figures/heat-map.ts";
export {
  type AngleDistribution,
  type AngleHistogramOptions,
  angleHistogramFigure,
  type PairScoreSets,
  scoreHistogramFigure,
} from "./figures/histograms.ts";
export { type AxisText, type Line, type LinePoint, type LinesOptions, linesFigure } from "./figures/lines.ts";
export { figureInTheme, figureStyleSheet, seriesColorCount, type Theme } from "./figures/theme.ts";
export {
  type CurveQuantity,
  type CurveRow,
  curvesOfLog,
  hasCurve,
  type RunCurves,
  type TrainingStep,
  trainingCurvesFigure,
} from "./figures/training-curves.ts";
export { detFigure, type NamedScores, rocFigure } from "./figures/verification-curves.ts";
// Numbers as text.
export {
  formatCosine,
  formatCount,
  formatDegrees,
  formatDuration,
  formatNumber,
  formatPercent,
  formatPercentSpread,
  formatQuantity,
  formatRate,
} from "./format.ts";
export { type CenterAngles, type GeometryData, geometryFigures, geometrySection } from "./geometry-section.ts";
// Markup that escapes text.
export { type Html, type HtmlPart, html } from "./html.ts";
export { type ReportPage, type ReportSection, reportPage } from "./page.ts";
export {
  type ExamplePair,
  type QuickstartModel,
  type QuickstartReportData,
  quickstartReport,
} from "./quickstart-report.ts";
// Reports.
export { curvesSection, type TrainingReportData, type TrainingSummary, trainingReport } from "./training-report.ts";
export { type NamedVerification, verificationSection } from "./verification-section.ts";
export { writeFigures } from "./write-figures.ts";
