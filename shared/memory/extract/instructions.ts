/** Text that tries to command whoever reads it later. From anybody but the owner it is put aside until a person releases it. */

const commands =
  /\b(?:ignore|disregard|forget) (?:all |any |your |the |previous |prior )|\bfrom now on\b|\byou (?:must|should|are to|will now)\b|\b(?:always|never) (?:answer|reply|say|send|tell|trust|use|do|run)\b|\bsystem prompt\b|\bdo not (?:tell|mention|reveal)\b|игнорируй|забудь (?:все|про)|отныне|с этого момента|теперь ты|(?:всегда|никогда не?) (?:отвечай|говори|отправляй|делай)|ты долж[ен]|никому не говори|ignoriere|ab (?:jetzt|sofort)|du musst|(?:immer|niemals) (?:antworte|sage|sende)/iu;

export function isInstruction(text: string): boolean {
  return commands.test(text.normalize("NFKC"));
}
