/** What a person says in the demo: each message shows another way in which the swarm decides. */

export type Scene = { /** What to watch for. */ shows: string; says: string };

export const script: readonly Scene[] = [
  {
    shows: "A subject that one of them owns: whoever would fit as well stands back",
    says: "We have two weeks and one engineer. What first: the importer or the onboarding?",
  },
  {
    shows: "One of them is addressed, so the others keep silent",
    says: "@lacuna, the importer needs a name that people remember.",
  },
  {
    shows: "A question that a tool answers better than words",
    says: "How much is 15 % of 2,400?",
  },
  {
    shows: "Two who see the same thing differently",
    says: "Our page gets 4,000 visits a week and nobody signs up. Is it the text or the price?",
  },
  {
    shows: "The language of the person, and an owner who is not talked over",
    says: "Der Start ist in drei Wochen, und niemand hat die Datensicherung getestet. Was zuerst?",
  },
];
