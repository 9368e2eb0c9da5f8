/** Words that are in every sentence and say nothing of what it is about, by language. */

const english = `a about after again all also am an and any are as at be because been before being but by can could did do does
doing done for from had has have having he her here hers him his how i if in into is it its itself just let me mine more most my
myself no nor not of off on once only or other our ours out over own please same she should so some such tell than that the
their theirs them then there these they this those through to too under until up us very was we were what when where which
while who whom whose why will with would you your yours yourself d ll m re s t ve don didn doesn isn wasn aren weren hasn
haven hadn won't couldn shouldn wouldn ain may might must shall ever many much mention mentioned mentions`;

const russian = `и в во не что он на я с со как а то все она так его но да ты к у же вы за бы по только ее мне было вот от меня
еще нет о из ему теперь когда даже ну вдруг ли если уже или ни быть был него до вас нибудь опять уж вам ведь там потом себя
ничего ей может они тут где есть надо ней для мы тебя их чем была сам чтоб без будто чего раз тоже себе под будет ж тогда кто
этот того потому этого какой какая какое какие каких ним здесь этом один почти мой моя мое мои тем чтобы нее сейчас были куда
зачем всех никогда можно при об другой хоть после над больше тот через эти нас про всего них много разве эту моей моего моих
мою впрочем свою свой свои этой перед иногда лучше чуть том нельзя такой им более всегда конечно всю между это эта твой твоя
твое твои тебе тобой мной наш наша наше наши ваш ваша ваше ваши сколько почему откуда чей чья чье чьи кого кому кем чему скажи`;

const german = `aber alle als also am an auch auf aus bei bin bis bist da damit dann das dass dein deine dem den der des dich dir
doch dort du durch ein eine einem einen einer eines er es euch euer fur hab habe haben hat hatte hatten hier ich ihm ihn ihr
ihre im in ist ja jede jeder jedes kann kein keine konnen man mein meine meinem meinen meiner meines mich mir mit nach nein
nicht noch nur oder ohne schon sehr sein seine sich sie sind so um und uns unser unter vom von vor war waren warum was wann weil
welche welcher welches wenn wer wem wen werden wie wieder wird wo woher wohin worden wurde wurden zu zum zur uber`;

const setOf = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/));

/** By language, folded the way words are: lower case, no accents, ё as е. */
export const stopWords = { english: setOf(english), russian: setOf(russian), german: setOf(german) } as const;
