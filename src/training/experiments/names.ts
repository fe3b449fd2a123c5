/** Numbers that help pages list. This file imports nothing, so that a help page loads no network. */

/** The margins of the paper, and one that eight identities on a circle cannot reach. */
export const TOY_MARGINS = [0, 0.1, 0.2, 0.35] as const;
