import { normalise, wordsOf } from './normalise';

/** Words that are in every sentence, and those that are in every call. */
const COMMON = new Set(
  wordsOf(
    `a an the this that these those i me my mine we us our you your he him his she her it its they them their who whom which
     what when where why how is am are was were be been being do does did done have has had having will would shall should
     can could may might must not no nor so if then than too very just only also again once here there all any both each
     few more most other some such own same of at by for with about into through to from up down in out on off over under
     and but or as until while because please hello hi hey good morning afternoon evening thanks thank ok okay yes yeah
     im ive id youre dont doesnt didnt cant cannot wont isnt arent wasnt want need like get got know tell help let lets
     something anything nothing somebody anybody one`,
  ),
);
const COMMON_ARABIC = new Set(
  wordsOf(
    `في من على الى عن مع هذا هذه هذي ذلك تلك هو هي هم انا انت انتم نحن ما لا لم لن ليس ان أن إن كان كانت يكون قد كل بعض غير
     عند عندي عندكم عندنا لي لك له لها لنا اللي الذي التي الا او ثم بس لكن و يا ايه نعم ايوه طيب السلام عليكم وعليكم مرحبا
     اهلا لو سمحت سمحتي سمحتم فضلك ممكن ابغى ابغي ابي اريد ودي حاب كيف كم متى وين اين ليش لماذا هل وش ايش شنو حق حقي حقت
     الحين للحين الان جدا كثير شوي تقريبا والله انه عليه فيه منه منها عليها هنا هناك صار بعد قبل شي شيء احد`,
  ),
);
/** What Arabic writes onto the beginning and the end of words; the longest first. */
const FRONT = /^(?:وال|فال|بال|كال|لل|ال)(?=\p{L}{3})|^[وبل](?=\p{L}{4})/u;
const BACK = /(?<=\p{L}{3})(?:ات|ين|ون|ها|هم|كم|نا|تي|ته|ي|ه|ت)$/u;

/** The words that tell what a text is about, in one spelling. */
export const contentWords = (text: string): string[] =>
  wordsOf(text).filter((word) => word.length > 1 && !COMMON.has(word) && !COMMON_ARABIC.has(word));

/** The core of a word, rough but the same for its forms: `bills` and `bill`, `الفاتورة` and `فاتورتي`. */
export function stem(word: string): string {
  if (/\p{Script=Arabic}/u.test(word)) return normalise(word).replace(FRONT, '').replace(BACK, '').replace(BACK, '');
  return word
    .replace(/(?<=\w{3})(?:ies)$/, 'y')
    .replace(/(?<=\w{4})(?:ments?|ations?|ing|ed|ly)$/, '')
    .replace(/(?<=\w{3})e?s$/, '')
    .replace(/(?<=\w{4})e$/, '');
}

/** The cores of the words that tell what a text is about, each once. */
export const stemsOf = (text: string): Set<string> => new Set(contentWords(text).map(stem));
