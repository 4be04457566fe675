import { RedisStore } from '@api-key-fallback/redis';
import { Redis } from 'ioredis';
import { answerQuestions } from './answer-questions.ts';

// The store opens its own connections with the options of this client, so the client itself needs no connection.
const client = new Redis(process.env['REDIS_URL'] ?? '', { lazyConnect: true });
const store = new RedisStore(client, { prefix: process.env['REDIS_PREFIX'] ?? 'akf' });
await answerQuestions(store);
// A key manager does not close a store that it did not create.
await store.close();
