/** What a person says in the demo: each message shows another way in which the swarm decides. */

export type Scene = { says: string; /** What to watch for. */ shows: string };

export const script: readonly Scene[] = [
  {
    says: "We have two weeks and one engineer. What first: the importer or the onboarding?",
    shows: "a subject that somebody owns",
  },
  { says: "@lacuna, the importer needs a name that people remember.", shows: "one agent is addressed" },
  { says: "How much is 15 % of 2,400?", shows: "a question that a tool answers better" },
  {
    says: "Since Tuesday's release signups have dropped by 12 % and the app crashes twice as often.",
    shows: "two who have something of their own to say",
  },
  { says: "Команда второй месяц без выходных, похоже на выгорание. С чего начать?", shows: "the person's language" },
];
