/** L2 on the public sets: hidden text removed, visible text kept, invisible characters gone, look-alikes folded. */
import { fold, readHtml, visible } from "../../shared/security/index.ts";
import type { Corpora } from "./corpora.ts";
import { percent, usPerKiB } from "./measure.ts";

export async function benchSanitizer(corpora: Corpora) {
  const pages = await Promise.all(
    corpora.rows("san_hidden_html").map(async (row) => ({ row, read: await readHtml(row.text) })),
  );
  const hidden = pages.filter(({ row }) => row["kind"] === "hidden");
  const entities = await Promise.all(
    corpora
      .rows("san_html5lib_tokenizer")
      .filter((row) => row["only_text"] === true)
      .map(async (row) => ({ row, read: await readHtml(row.text) })),
  );
  const invisible = corpora.rows("san_invisible");
  const sources = corpora.rows("san_trojan_source").filter(({ text }) => /[\p{Cf}]/u.test(text));
  const confusables = corpora.rows("san_confusables_ascii");
  const texts = pages.map(({ row }) => row.text);
  return {
    hiddenRemoved: percent(
      hidden.filter(({ row, read }) => !read.includes(String(row["canary"]))).length,
      hidden.length,
    ),
    visibleKept: percent(pages.filter(({ row, read }) => read.includes(String(row["visible"]))).length, pages.length),
    invisibleCharacters: percent(
      invisible.filter(({ text }) => visible(`a${text}b`) === "ab").length,
      invisible.length,
    ),
    trojanSource: percent(sources.filter(({ text }) => !/[\p{Cf}]/u.test(visible(text))).length, sources.length),
    confusables: percent(
      confusables.filter(({ text, ...row }) => likeness(fold(text)) === likeness(String(row["skeleton"]))).length,
      confusables.length,
    ),
    entities: percent(
      entities.filter(({ row, read }) => bare(read) === bare(visible(String(row["chars"])))).length,
      entities.length,
    ),
    usPerKiB: await usPerKiB(texts, readHtml),
    hostileMs: await hostile(),
  };
}

/** Unicode's skeleton makes no difference between these; we keep the capital and the digit. */
function likeness(text: string): string {
  return text.replaceAll("rn", "m").replace(/[1|I]/g, "l").replaceAll("0", "O").toLowerCase().trim();
}

function bare(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

/** Processor milliseconds for 18 KB of each text that stopped an older sanitizer for seconds. */
async function hostile(): Promise<number> {
  const times: number[] = [];
  for (const piece of ["<p hidden", "<a ", '<div style="', "<!--", "<div>", "<b id=x>", "<table><tr><td>x"]) {
    const before = process.cpuUsage();
    await readHtml(piece.repeat(18_000 / piece.length));
    times.push(process.cpuUsage(before).user / 1_000);
  }
  return Math.round(Math.max(...times));
}
