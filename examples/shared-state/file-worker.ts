import { FileStore } from '@api-key-fallback/core';
import { answerQuestions } from './answer-questions.ts';

// A service has a lasting directory here: new FileStore('.api-key-state').
const store = new FileStore(process.env['STATE_DIR'] ?? '');
await answerQuestions(store);
// Whoever makes a store closes it.
await store.close();
