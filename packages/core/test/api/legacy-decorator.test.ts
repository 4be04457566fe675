import { describeDecorator } from './decorator-cases.ts';

describeDecorator('legacy');
