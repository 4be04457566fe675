import type { VNode } from 'preact';
import { texts } from '../texts/texts.ts';
import { ruleText, type RuleView } from './alert-text.ts';

/** The rules. They are code, so the page only shows them. */
export function RulesTable({ rules }: { readonly rules: readonly RuleView[] }): VNode {
  const { alerts } = texts.value;
  return (
    <section class="card" aria-labelledby="alerts-rules">
      <h2 id="alerts-rules">{alerts.rules}</h2>
      <div class="scroll" tabIndex={0} role="group" aria-labelledby="alerts-rules">
        <table class="table rules">
          <thead>
            <tr>
              <th scope="col">{alerts.rule}</th>
              <th scope="col">{alerts.firesWhen}</th>
              <th scope="col">{alerts.severity}</th>
            </tr>
          </thead>
          <tbody>
            {rules.map((rule) => (
              <tr key={rule.name} class={rule.isOn ? '' : 'is-muted'}>
                <th scope="row" class="mono">
                  {rule.name}
                </th>
                <td>{ruleText(rule)}</td>
                <td>{rule.isOn ? alerts.severities[rule.severity] : alerts.off}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
