/**
 * Exit codes. 1 is the negative answer of the commands that have one (verify, detect, calibrate, doctor); every error,
 * of use or of what was read, is 2. A fault of cosface is 70, an interruption 130.
 */
export const POSITIVE = 0;
export const NEGATIVE = 1;
export const ERROR = 2;
export const INTERNAL = 70;
export const INTERRUPTED = 130;
