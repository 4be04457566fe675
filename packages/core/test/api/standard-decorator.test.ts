import { describeDecorator } from './decorator-cases.ts';

describeDecorator('standard');
