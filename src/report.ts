/**
 * Figures of measurements and training as SVG, and self-contained pages.
 *
 * @module cosface/report
 */
export {
  type AngleDistribution,
  type AngleHistogramOptions,
  type AxisText,
  angleHistogramFigure,
  type BoundariesOptions,
  boundariesReport,
  boundaryFigures,
  type CaptionedFigure,
  type CenterAngles,
  type CurveQuantity,
  type CurveRow,
  curvesOfLog,
  detFigure,
  type FigureSize,
  figureInTheme,
  type GeometryData,
  geometryFigures,
  type Line,
  type LinePoint,
  type LinesOptions,
  linesFigure,
  type Mark,
  type NamedScores,
  type PairScoreSets,
  type RunCurves,
  rocFigure,
  scoreHistogramFigure,
  type Theme,
  type TrainingStep,
  trainingCurvesFigure,
  writeFigures,
} from "./measure/report/index.ts";
