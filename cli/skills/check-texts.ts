/** The text checks of the security layers, as the scan of a skill wants them. */
import { createShield, visible } from "../../shared/security/index.ts";
import type { TextChecks } from "../../shared/skills/index.ts";

/**
 * A skill is made of orders, and the shield's model takes many a harmless one for an attack: of 81 public skills it doubted
 * 38, its signs 8. So the signs speak for themselves, and the model only where it is this sure of a whole paragraph.
 */
const MODEL_SCORE_MIN = 0.95;
const PARAGRAPH_CHARACTERS_MIN = 80;

/** Reads the shield's model: made once a command. */
export function createTextChecks(): TextChecks {
  const shield = createShield();
  return {
    injection(text) {
      const { score, signs, because } = shield(text);
      const signed = signs.some((sign) => sign !== "model");
      const sure = score >= MODEL_SCORE_MIN && text.length >= PARAGRAPH_CHARACTERS_MIN;
      return signed || sure ? `reads like an injection: ${because}` : undefined;
    },
    visible,
  };
}
