// A program for a page: mathematics alone, bundled whole.
import { marginUpperBound } from "cosface/hypersphere";

document.body.textContent = JSON.stringify(marginUpperBound({ identities: 2, dimension: 2 }));
