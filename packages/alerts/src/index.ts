export type { Alert, AlertKey, RuleName, Severity } from './model/alert.ts';
export type { Channel, ChannelFunction, SendContext } from './model/channel.ts';
export type { TestResult } from './model/deliverer.ts';
export { DeliveryError } from './model/delivery-error.ts';
export type { DeliveryErrorOptions } from './model/delivery-error.ts';
export type { Notification, NotificationKind } from './model/notification.ts';
