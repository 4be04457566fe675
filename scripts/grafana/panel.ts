/** A query of a panel. */
interface Target {
  readonly expr: string;
  /** The name of a series, with its labels in `{{}}`. */
  readonly legend: string;
}

/** What the dashboard's own panels differ in. */
export interface Panel {
  readonly title: string;
  readonly description: string;
  readonly type: 'timeseries' | 'stat' | 'state-timeline';
  /** A unit of Grafana, such as `reqps`. */
  readonly unit: string;
  /** Of the 24 columns of the dashboard. */
  readonly width: 6 | 8 | 12 | 24;
  readonly targets: readonly Target[];
  readonly max?: number;
  readonly isStacked?: boolean;
  /** What the values 0, 1, 2 and so on are shown as. */
  readonly values?: readonly { readonly text: string; readonly color: string }[];
}

const height = 8;

/** Returns a panel as Grafana's JSON has it. */
function grafanaPanel(panel: Panel, id: number, position: { readonly x: number; readonly y: number }): object {
  const { title, description, type, unit, width, targets, max, isStacked = false, values } = panel;
  return {
    id,
    title,
    description,
    type,
    datasource,
    gridPos: { ...position, w: width, h: height },
    targets: targets.map(({ expr, legend }, index) => ({
      refId: String.fromCodePoint(65 + index),
      datasource,
      expr,
      legendFormat: legend,
    })),
    fieldConfig: {
      defaults: {
        unit,
        min: 0,
        ...(max === undefined ? {} : { max }),
        ...(values ? { mappings: [{ type: 'value', options: Object.fromEntries(values.entries()) }] } : {}),
        ...(type === 'timeseries' ? { custom: drawn(isStacked) } : {}),
      },
      overrides: [],
    },
    options: optionsOf[type],
  };
}

/** Places panels from left to right, in rows. */
export function arrange(panels: readonly Panel[]): object[] {
  let [x, y] = [0, 0];
  return panels.map((panel, index) => {
    if (x + panel.width > 24) [x, y] = [0, y + height];
    const placed = grafanaPanel(panel, index + 1, { x, y });
    x += panel.width;
    return placed;
  });
}

const datasource = { type: 'prometheus', uid: '$datasource' };

function drawn(isStacked: boolean): object {
  return { fillOpacity: isStacked ? 40 : 10, showPoints: 'never', stacking: { mode: isStacked ? 'normal' : 'none' } };
}

const optionsOf: Readonly<Record<Panel['type'], object>> = {
  timeseries: { legend: { displayMode: 'list', placement: 'bottom' }, tooltip: { mode: 'multi', sort: 'desc' } },
  stat: {
    colorMode: 'value',
    graphMode: 'none',
    reduceOptions: { calcs: ['lastNotNull'] },
    textMode: 'value_and_name',
  },
  'state-timeline': {
    mergeValues: true,
    showValue: 'never',
    rowHeight: 0.9,
    legend: { displayMode: 'list', placement: 'bottom' },
  },
};
