export { contentWords } from './text/content-words';
export { Knowledge, type KnowledgeSource, type KnowledgeWish, type Passage } from './knowledge-source';
export { mask, maskAll } from './text/masking';
export { type Language, languageOf } from './text/normalise';
