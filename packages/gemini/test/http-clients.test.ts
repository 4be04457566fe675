import { recordedResponses } from '@api-key-fallback/testing';
import { describeHttpClients } from '../../../test-support/describe-http-clients.ts';
import { geminiAdapter } from '../src/index.ts';

const recorded = recordedResponses.filter(({ provider }) => provider === 'gemini');

describeHttpClients(geminiAdapter, recorded);
