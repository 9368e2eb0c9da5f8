/** Who the six agents are can be read, tells them apart in three languages, and is refused with a clear sentence when it is broken. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type AgentConfig, ConfigProblem, loadAgent, loadRoster, wordsFound } from "../../../shared/config/index.ts";

const six = loadRoster(join(import.meta.dirname, "../../../agents"));

describe("the six", () => {
  it("load without a warning, with texts and what they share", () => {
    expect(six.agents.map(({ name }) => name)).toEqual([
      "impulse",
      "keystone",
      "kronos",
      "lacuna",
      "nexus",
      "resonant",
    ]);
    expect(six.warnings).toEqual([]);
    expect(six.common).toContain("pass tool");
    for (const { identity, voice, duties, role } of six.agents) {
      for (const text of [identity, voice, duties]) expect(text).toMatch(/^# /);
      expect(role.length).toBeLessThanOrEqual(90);
    }
  });

  it("own different words, and nobody answers to another's name", () => {
    for (const words of [
      (agent: AgentConfig) => agent.owns.flatMap((subject) => subject.words),
      (agent: AgentConfig) => agent.aliases,
    ]) {
      const all = six.agents.flatMap(words);
      expect(all).toEqual([...new Set(all)]);
    }
  });

  it("name the other five in their duties", () => {
    for (const { name, duties } of six.agents)
      for (const other of six.agents)
        if (other.name !== name) expect(duties.toLowerCase(), `${name} on ${other.name}`).toContain(other.name);
  });

  it("stay short enough to stand in every prompt", () => {
    for (const { name, identity, voice, duties } of six.agents) {
      expect(
        tokens(identity + voice.slice(0, voice.indexOf("## Lines")) + duties),
        `${name} without its lines`,
      ).toBeLessThan(700);
      expect(tokens(identity + voice + duties), name).toBeLessThan(1_500);
    }
  });

  it.each([
    ["kronos", "We have two weeks and one engineer. Ship the importer or fix the churn in onboarding first?"],
    ["kronos", "Should we hire a second designer now or put it off to next quarter?"],
    ["kronos", "Что важнее в этом квартале: новый тариф или мобильное приложение?"],
    ["kronos", "Стоит ли браться за второй рынок, если ресурсов хватает на один?"],
    ["kronos", "Sollen wir zuerst den Import bauen oder mit der Planung fürs Quartal anfangen?"],
    ["nexus", "How many of the people who joined in May are still with us? The retention chart looks odd."],
    ["nexus", "Is a 12 percent conversion good for a page with 300 visitors?"],
    ["nexus", "Revenue grew but the average order dropped, what happened?"],
    ["nexus", "Конверсия упала на три процента за неделю, это много?"],
    ["nexus", "Сколько мы потратили на рекламу и какая получилась цена клиента?"],
    ["nexus", "Wie hoch sind die Kosten pro Kunde, und wie viel Prozent kündigen?"],
    ["lacuna", "We need a name for the feature that merges duplicate contacts"],
    ["lacuna", "The headline on the landing page is boring, any idea?"],
    ["lacuna", "Как назвать рассылку, чтобы её хотелось открыть?"],
    ["lacuna", "Перепиши заголовок для лендинга, этот какой-то скучный"],
    ["lacuna", "Wir brauchen einen Namen für die App und einen Slogan"],
    ["resonant", "Hi all, good morning!"],
    ["resonant", "My colleague is angry about the feedback I gave, how do I apologise?"],
    ["resonant", "New users get confused on the second screen of onboarding."],
    ["resonant", "Привет, как дела?"],
    ["resonant", "Команда устала, двое поссорились из-за дежурств"],
    ["resonant", "Guten Morgen zusammen, ich bin die neue Kollegin"],
    ["resonant", "Unser Team streitet nur noch, seit die Aufgaben neu verteilt sind."],
    ["keystone", "The app crashes when I upload an empty file, here is the stack trace"],
    ["keystone", "Can somebody review the pull request before tonight's deploy?"],
    ["keystone", "Somebody posted the API password in the channel"],
    ["keystone", "После релиза импорт падает с ошибкой на больших файлах"],
    ["keystone", "Кто-нибудь проверял, восстанавливается ли база из бэкапа?"],
    ["keystone", "Die App stürzt ab, sobald ich das Passwort ändere. Fehlermeldung im Anhang."],
    ["impulse", "I keep putting off the tax return and the deadline is tomorrow"],
    ["impulse", "I'm stuck, where do I even start with this report?"],
    ["impulse", "Застрял на презентации, не могу начать"],
    ["impulse", "Хочу завести привычку писать каждый день, но лень"],
    ["impulse", "Die Frist läuft morgen ab, und ich finde keinen Anfang. Was ist der nächste Schritt?"],
  ])("%s is the one whose words occur most in: %s", (expected, message) => {
    const [best, next] = six.agents
      .map(({ name, keywords }) => ({ name, hits: wordsFound(message, keywords).length }))
      .sort((a, b) => b.hits - a.hits);
    expect(best?.name).toBe(expected);
    expect(best?.hits).toBeGreaterThan(next?.hits ?? 0);
    expect(owners(message).filter((name) => name !== expected)).toEqual([]);
  });

  it.each([
    "ok",
    "thanks, see you after lunch",
    "Ein wichtiger Kunde ruft gleich an",
    "Буду через полчаса",
    "the merge conflict is gone",
    "Es gab einen Brand im Nachbarhaus",
  ])("nobody owns: %s", (message) => expect(owners(message)).toEqual([]));

  describe.each(six.agents.map((agent) => [agent.name, agent] as const))("%s's lines", (_, { voice, keywords }) => {
    const section = voice.slice(voice.indexOf("## Lines\n") + "## Lines\n".length).trim();
    const lines = section.split("\n").map((text) => /^- (en|ru|de) ([^:]+): (.+)$/.exec(text) ?? text);

    it("have the form that the offline model reads, and tags that are its keywords", () => {
      for (const line of lines) {
        if (typeof line === "string") throw new Error(`not a line: ${line}`);
        for (const tag of (line[2] ?? "").split(", "))
          expect([...keywords, "any", "second", "hello"], line[0]).toContain(tag);
      }
    });

    it.each([
      ["en", 8],
      ["ru", 6],
      ["de", 4],
    ])(
      "in %s are at least %i, different, and fit a greeting, a second voice and anything else",
      (language, linesMin) => {
        const own = lines.filter((line) => line[1] === language);
        expect(own.length).toBeGreaterThanOrEqual(linesMin);
        expect(new Set(own.map((line) => line[3])).size).toBe(own.length);
        for (const tag of ["hello", "second", "any"])
          expect(own.flatMap((line) => line[2]?.split(", "))).toContain(tag);
        const cyrillic = own.filter((line) => /\p{Script=Cyrillic}/u.test(line[3] ?? ""));
        expect(cyrillic).toHaveLength(language === "ru" ? own.length : 0);
      },
    );
  });

  function owners(message: string): string[] {
    return six.agents
      .filter(({ owns }) => owns.some(({ words }) => wordsFound(message, words).length > 0))
      .map(({ name }) => name);
  }

  // A rough count: a token is about four Latin or three Cyrillic letters.
  function tokens(text: string): number {
    const cyrillic = text.match(/\p{Script=Cyrillic}/gu)?.length ?? 0;
    return (text.length - cyrillic) / 4 + cyrillic / 3;
  }
});

describe("words", () => {
  it.each([
    ["приоритет*", "Расставим ПРИОРИТЕТЫ!", true],
    ["ux", "luxury", false],
    ["ux", "the UX, again", true],
    ["a/b test*", "an A/B-test", true],
    ["next step*", "What are the next steps?", true],
    ["next step*", "The next big step", false],
    ["can't start", "I can’t start", true],
    ["надежност*", "надёжность", true],
    ["müde", "Mu\u0308de", true],
    ["c", "c++", true],
  ])("%s in “%s”: %s", (word, text, isFound) => expect(wordsFound(text, [word])).toEqual(isFound ? [word] : []));
});

describe("agents' folders", () => {
  let agents: string;
  beforeEach(() => {
    agents = mkdtempSync(join(tmpdir(), "kaos-agents-"));
    write("COMMON.md", "Be brief.");
    agent("ada", {});
  });
  afterEach(() => rmSync(agents, { recursive: true }));

  it("read with as little as a name and a role", () => {
    const [ada] = loadRoster(agents).agents;
    expect(ada).toMatchObject({
      name: "ada",
      aliases: ["ada"],
      identity: "Text.",
      slaMinutes: 15,
      dissent: "allow",
      escalatesTo: null,
      keywords: [],
    });
    expect(ada).toMatchObject({
      folder: join(agents, "ada"),
      account: { telegramUsername: null, telegramId: null },
      models: { lite: null, standard: null },
    });
  });

  it("give an agent its name as an alias and its subjects' words as keywords, each once", () => {
    agent("ada", {
      aliases: ["Ада", "ADA"],
      keywords: { en: ["bug", "log"] },
      owns: [{ subject: "bugs", words: ["bug", "crash*"] }],
    });
    expect(loadAgent(join(agents, "ada"))).toMatchObject({
      aliases: ["ada", "ада"],
      keywords: ["bug", "log", "crash*"],
    });
  });

  it("may hold files, templates and empty folders beside agents", () => {
    write("main.ts", "");
    agent("templates/bob", {});
    mkdirSync(join(agents, "empty"));
    expect(loadRoster(agents).agents.map(({ name }) => name)).toEqual(["ada"]);
  });

  it("with two owners of one subject leave it to nobody, and say so", () => {
    agent("ada", { owns: [{ subject: "Money", words: ["money"] }] });
    agent("bob", {
      owns: [
        { subject: "money", words: ["cash"] },
        { subject: "data", words: ["data"] },
      ],
    });
    const { agents: found, warnings } = loadRoster(agents);
    expect(found.map(({ owns }) => owns.map(({ subject }) => subject))).toEqual([[], ["data"]]);
    expect(found[1]?.keywords).toContain("cash");
    expect(warnings).toEqual([
      'The subject "money" is owned by ada and bob, so nobody owns it. Leave it in one agent.json.',
    ]);
  });

  const file = "/ada/agent.json";
  it.each<[string, () => unknown, string | RegExp]>([
    [
      "a trailing comma",
      () => write("ada/agent.json", '\n{\n  "name": "ada",\n}'),
      `${file} is not valid JSON: it breaks in line 4. Look there and one line above for a comma, quote or bracket too many or too few.`,
    ],
    [
      "a list that ends in a comma",
      () => write("ada/agent.json", '{\n"name": "ada",\n"jobs": [\n"one",\n],\n"role": "a role"}'),
      "breaks in line 5.",
    ],
    ["a file that ends too early", () => write("ada/agent.json", '{\n"name": "ada",\n"role":'), "breaks in line 3."],
    [
      "a list where an object belongs",
      () => write("ada/agent.json", "[]"),
      `${file} must hold one object: { "name": …, "role": …, … }.`,
    ],
    [
      "an unknown key",
      () => agent("ada", { slaMinuets: 3 }),
      `${file}: "slaMinuets" is not a known field. Did you mean "slaMinutes"?`,
    ],
    [
      "an unknown key like no other",
      () => agent("ada", { favouriteColour: 3 }),
      /"favouriteColour" is not a known field. Remove it; known are name, role, aliases, .* and dissent\.$/,
    ],
    [
      "an unknown inner key",
      () => agent("ada", { account: { telegramName: "ada" } }),
      ': "account.telegramName" is not a known field. Did you mean "telegramUsername"?',
    ],
    [
      "an unknown key of a subject",
      () => agent("ada", { owns: [{ subject: "bugs", words: ["bug"], word: [] }] }),
      ': "owns[0].word" is not a known field. Did you mean "words"?',
    ],
    [
      "a key that means mischief",
      () => write("ada/agent.json", '{ "name": "ada", "role": "a role", "__proto__": {} }'),
      '"__proto__" is not a known field.',
    ],
    [
      "no role",
      () => agent("ada", { role: undefined }),
      `${file}: "role" is missing. It must be one line of at most 90 characters that says what this agent is for.`,
    ],
    ["a role of two lines", () => agent("ada", { role: "one\ntwo" }), ': "role" is "one\\ntwo". It must be one line'],
    [
      "a role without end",
      () => agent("ada", { role: "x".repeat(91) }),
      `: "role" is "${"x".repeat(58)}…. It must be one line`,
    ],
    [
      "a bad slug",
      () => agent("ada", { name: "Ada Lovelace" }),
      ': "name" is "Ada Lovelace". It must be 2 to 31 small letters, digits or hyphens and begin with a letter',
    ],
    [
      "a name that is not the folder's",
      () => agent("ada", { name: "eve" }),
      `${file}: "name" is "eve", but its folder is "ada". Rename one of them.`,
    ],
    [
      "a negative budget",
      () => agent("ada", { budgetUsdDaily: -1 }),
      ': "budgetUsdDaily" is -1. It must be dollars a day, such as 1.5, or 0 for no budget of its own.',
    ],
    [
      "no time to answer in",
      () => agent("ada", { slaMinutes: 0 }),
      ': "slaMinutes" is 0. It must be a whole number of minutes from 1 to 1440',
    ],
    [
      "an alias of two words",
      () => agent("ada", { aliases: ["dear ada"] }),
      ': "aliases[0]" is "dear ada". "aliases" must be a list of single words',
    ],
    [
      "a subject without words",
      () => agent("ada", { owns: [{ subject: "bugs", words: [] }] }),
      ': "owns[0].words" is []. "owns" must be a list of subjects with their words',
    ],
    [
      "a keyword that is no word",
      () => agent("ada", { keywords: { en: ["*"] } }),
      ': "keywords.en[0]" is "*". "keywords" must be lists of words by language',
    ],
    [
      "a name with an @",
      () => agent("ada", { account: { telegramUsername: "@ada_bot" } }),
      ': "account.telegramUsername" is "@ada_bot". "account" must be',
    ],
    [
      "an unknown kind of dissent",
      () => agent("ada", { dissent: "never" }),
      ': "dissent" is "never". It must be "allow", or "require"',
    ],
    ["two mistakes", () => agent("ada", { slaMinutes: 0, jobs: ["A job"] }), /slaMinutes.*\n.*"jobs\[0\]" is "A job"/s],
    [
      "cover that is not there",
      () => agent("ada", { escalatesTo: "eve" }),
      `${file}: "escalatesTo" is "eve", but there is no such agent. Write null.`,
    ],
    [
      "cover that is the agent itself",
      () => agent("ada", { escalatesTo: "ada" }),
      `${file}: "escalatesTo" is the agent itself. Name a colleague, or write null.`,
    ],
    [
      "one alias for two",
      () => [agent("ada", { aliases: ["Ёлка"] }), agent("bob", { aliases: ["елка"] })],
      'The alias "елка" belongs to ada and bob. Leave it in one agent.json: ',
    ],
    [
      "an alias that is another's name",
      () => [agent("ada", { aliases: ["Bob"] }), agent("bob", {})],
      'The alias "bob" belongs to ada and bob.',
    ],
    [
      "one account for two",
      () => [agent("ada", { account: { telegramId: 7 } }), agent("bob", { account: { telegramId: 7 } })],
      'The Telegram id "7" belongs to ada and bob.',
    ],
    [
      "a missing persona file",
      () => rmSync(join(agents, "ada/VOICE.md")),
      "/ada/VOICE.md is missing. Write there how this agent sounds; the same file of another agent shows the shape.",
    ],
    [
      "an empty persona file",
      () => write("ada/DUTIES.md", " \n"),
      "/ada/DUTIES.md is empty. Write there what this agent watches for",
    ],
    [
      "a persona file too large",
      () => write("ada/IDENTITY.md", "x".repeat(16_385)),
      "/ada/IDENTITY.md has 16385 bytes, but at most 16384 are read. Shorten it.",
    ],
    [
      "a persona file that is not UTF-8",
      () => write("ada/VOICE.md", Buffer.from([0x48, 0xff])),
      "/ada/VOICE.md is not UTF-8 text. Save it as UTF-8.",
    ],
    [
      "a persona file that is a folder",
      () => [rmSync(join(agents, "ada/VOICE.md")), mkdirSync(join(agents, "ada/VOICE.md"))],
      "/ada/VOICE.md is not a file.",
    ],
    [
      "a persona file that is a link",
      () => link("ada/main.md", "ada/VOICE.md"),
      "/ada/VOICE.md is a symbolic link. Put the file itself there",
    ],
    ["a folder that is a link", () => link("ada", "bob"), "/bob is a symbolic link. Put the folder itself there."],
    [
      "a persona without its agent.json",
      () => [agent("bob", {}), rmSync(join(agents, "bob/agent.json"))],
      "/bob has an IDENTITY.md but no agent.json. Add it, or remove the folder.",
    ],
    [
      "no common rules",
      () => rmSync(join(agents, "COMMON.md")),
      "/COMMON.md is missing. Write the rules that all agents share there",
    ],
    [
      "no agent at all",
      () => rmSync(join(agents, "ada"), { recursive: true }),
      " has no agent. Add a folder with an agent.json",
    ],
  ])("are refused for %s", (_, spoil, expected) => {
    spoil();
    expect(() => loadRoster(agents)).toThrow(ConfigProblem);
    expect(() => loadRoster(agents)).toThrow(expected);
  });

  it("are refused when there is no such folder", () => {
    expect(() => loadRoster(join(agents, "elsewhere"))).toThrow(
      /elsewhere cannot be read as a folder\. Check that it exists/,
    );
  });

  function agent(name: string, config: Record<string, unknown>): void {
    write(`${name}/agent.json`, JSON.stringify({ name, role: "a role", ...config }));
    for (const persona of ["IDENTITY.md", "VOICE.md", "DUTIES.md"]) write(`${name}/${persona}`, "Text.\n");
  }

  function write(path: string, content: string | Buffer): void {
    mkdirSync(join(agents, path, ".."), { recursive: true });
    writeFileSync(join(agents, path), content);
  }

  function link(target: string, path: string): void {
    rmSync(join(agents, path), { force: true });
    symlinkSync(join(agents, target), join(agents, path));
  }
});
