/** The small words of three languages that the offline model goes by. Lists only; `language.ts` says what they are for. */

/** Frequent words of one language that are no words of the other. */
export const german = list(`
  und ist nicht ich wir wie kann mit für auf ein eine einen bitte danke hallo wann warum wer mein meine unser unsere
  haben hat gibt heute oder aber auch es ihr euch du sie das dem den zu von im soll sollen sollten uns mir dir wird nach
  bei guten tag alles noch schon mal merk weißt wieviel welche welcher welches sind vielen dass
`);
export const english = list(`
  the and is are not i we how can with for on a an please thanks hello when why who my our have has there today or but
  also it you your of in to should us me will by at all what which do does did this that
`);

/** Too common, in any of the three, to say what a text is about. */
export const common = new Set([
  ...german,
  ...english,
  ...list(`
    about after any anyone anybody everyone everybody be been from get give good got here if into just know let like
    make many more most much need new no now one only other out over really say see some so take tell than their them
    then they thing think time up use very want was were well would yes could way whose whom team guys folks hi hey
    dear look looks going go still
  `),
  ...list(`
    и в во не что он на я с со как а то все она так его но да ты к у же вы за бы по только ее мне было вот от меня еще
    нет о об из ему теперь когда даже ну ли если уже или ни быть был него до вас опять вам ведь там потом себя ничего
    ей может они тут где есть надо для мы тебя их чем была сам чтоб чтобы без раз тоже себе под будет тогда кто этот
    того потому этого какой какие какая какую нас это эта эти эту при над наш наша наши нашу нашей нам свой свою мой
    моя мои такой такая кажется давайте давай пожалуйста нужно хочу хотим думаете думаешь думает кого ребята всем всех
    привет можно сейчас почему зачем
  `),
  ...list(`
    als am an aus bin bis da dann der die doch dort durch er etwas hier ihm ihn ihre immer ja jetzt kein keine man mehr
    nein nur ob sehr sein seine sich so über um unter viel vom vor war was weil wenn wieder wo würde zum zur leute
    jemand denkt meint finde findet mag möchte möchten brauchen macht machen geht gehen dieser diese dieses diesen
  `),
]);

/** Words of which a message may consist and yet ask for nothing. */
export const acknowledgements = list(`
  ok okay okey k kk thanks thank you thx ty great cool nice got it sure yes yep yeah yup no nope fine perfect awesome
  lol haha good alright noted understood right done
  спасибо спс ок окей ага да нет не понял поняла понятно хорошо круто отлично супер класс благодарю принято ясно угу
  ладно договорились
  danke dankeschön ja nein gut super klar alles verstanden passt prima genau klasse vielen dank top
`);

export const greetings = list(`
  hi hello hey hiya howdy greetings привет здравствуй здравствуйте приветствую салют hallo moin servus
`);

/** What may stand beside a greeting without making it more than one. */
export const besideGreetings = list(`
  all everyone everybody team folks there guys good morning afternoon evening day you how are friends to
  всем ребята команда друзья добрый доброе добрая день утро вечер как дела
  guten tag morgen abend zusammen alle leute team euch ihr wie geht s
`);

function list(words: string): ReadonlySet<string> {
  return new Set(words.split(/\s+/).filter((word) => word !== ""));
}
