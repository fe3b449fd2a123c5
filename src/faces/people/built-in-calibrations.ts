import type { Calibration } from "./calibration.ts";

/**
 * Calibrations that are part of cosface, so that `verify` works before anybody has calibrated: the result of `cosface
 * calibrate lfw/photos` with the default networks. 1,252,153 pairs of 844 people, mostly public figures in press
 * photographs of 2002–2004. Other people and cameras need other thresholds for the same rates: calibrate.
 */
export const builtInCalibrations: readonly Calibration[] = [
  {
    model: "722b8b0142ae5834",
    measuredOn: "LFW, the 1,583 deep-funneled photographs of the first two sets of View 2",
    detector: "MediaPipe BlazeFace and face mesh",
    date: "2026-11-24",
    identityCount: 844,
    imageCount: 1583,
    thresholds: [
      {
        far: 0.01,
        threshold: 0.911214292049408,
        tar: 0.988342625443487,
        tarInterval: {
          low: 0.9750486215283729,
          high: 0.9956367744397028,
        },
        trueAcceptCount: 1950,
        genuineCount: 1973,
        effectiveGenuineCount: 529,
        falseAcceptCount: 12501,
        impostorCount: 1250180,
        effectiveImpostorCount: 28752,
        farInterval: {
          low: 0.008881642086942643,
          high: 0.011217686864716914,
        },
        confidence: 0.95,
        thresholdInterval: {
          low: 0.9101803302764893,
          high: 0.91229248046875,
        },
      },
      {
        far: 0.001,
        threshold: 0.929013192653656,
        tar: 0.9325899645210339,
        tarInterval: {
          low: 0.9072341968606281,
          high: 0.9527655744386436,
        },
        trueAcceptCount: 1840,
        genuineCount: 1973,
        effectiveGenuineCount: 510,
        falseAcceptCount: 1250,
        impostorCount: 1250180,
        effectiveImpostorCount: 62734,
        farInterval: {
          low: 0.000767927116329864,
          high: 0.0012797575629112656,
        },
        confidence: 0.95,
        thresholdInterval: {
          low: 0.927351713180542,
          high: 0.9308730959892273,
        },
      },
      {
        far: 0.0001,
        threshold: 0.9419869184494019,
        tar: 0.8023314749113026,
        tarInterval: {
          low: 0.7655376283721296,
          high: 0.8356596581001838,
        },
        trueAcceptCount: 1583,
        genuineCount: 1973,
        effectiveGenuineCount: 522,
        falseAcceptCount: 125,
        impostorCount: 1250180,
        effectiveImpostorCount: 158457,
        farInterval: {
          low: 5.697181143118728e-5,
          high: 0.000162744967323096,
        },
        confidence: 0.95,
        thresholdInterval: {
          low: 0.9401191473007202,
          high: 0.9444323778152466,
        },
      },
    ],
  },
];
