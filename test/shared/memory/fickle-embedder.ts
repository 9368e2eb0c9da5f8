/** An embedder that can be down, as an endpoint can: it answers every text alike, or refuses as the world does. */
import { OperationalError } from "../../../shared/base/index.ts";

class NoEmbedder extends OperationalError {
  override readonly name = "NoEmbedder";
}

export function fickleEmbedder({ isOut }: { isOut: boolean }) {
  return {
    ...{ name: "test", dimensions: 8, knowsMeaning: true },
    /** Set it to begin or end an outage. */
    isOut,
    async embed(texts: readonly string[]) {
      if (this.isOut) throw new NoEmbedder("The embedder does not answer.");
      return texts.map(() => Float32Array.from({ length: 8 }, () => Math.SQRT1_2 / 2));
    },
  };
}
