// A picture of a caller's own, with hostile text wherever it may have text.

import type { Picture } from "@kafka-failure-lab/sdk";
import { drawn } from "@kafka-failure-lab/sdk/report";
import { HOSTILE } from "./text.ts";

export function hostilePicture(): Promise<Picture> {
  return drawn({
    title: HOSTILE,
    subtitle: HOSTILE,
    description: HOSTILE,
    text: [],
    width: 300,
    height: 100,
    plot: (Plot) => ({
      marks: [
        Plot.text([HOSTILE], {
          x: () => 0,
          y: () => 0,
          text: (text: string) => text,
          title: (text: string) => text,
        }),
      ],
    }),
  });
}
