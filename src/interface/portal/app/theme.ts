import { createTheme, defaultVariantColorsResolver, type CSSVariablesResolver, type MantineColorsTuple, type VariantColorsResolver } from '@mantine/core'

/** What a colour may mean. Nothing else in the portal is coloured. */
export type Tone = 'green' | 'blue' | 'amber' | 'red' | 'purple' | 'grey'

const ink: MantineColorsTuple = ['#f5f5f6', '#e6e7e9', '#cfd1d5', '#aeb1b8', '#858a94', '#666b75', '#4b5059', '#33373e', '#22252b', '#16181d']
const rubric: MantineColorsTuple = ['#fdecec', '#fbd5d6', '#f5a9ab', '#ee7a7d', '#e2494d', '#cf222e', '#b81d29', '#a01622', '#860f1a', '#6b0a13']

/** The accent is ink: the text's colour as ground, the page's as text, in both themes. */
const variantColorResolver: VariantColorsResolver = (input) => {
  const isInk = input.color === undefined || input.color === 'ink'
  if (input.variant === 'filled' && isInk)
    return { background: 'var(--fw-text)', hover: 'var(--fw-text-hover)', color: 'var(--fw-page)', border: '1px solid transparent' }
  return defaultVariantColorsResolver(input)
}

/** The one place for type, radii, spacing and component defaults. */
export const theme = createTheme({
  primaryColor: 'ink',
  primaryShade: { light: 9, dark: 0 },
  colors: { ink, red: rubric, dark: ['#e6e7ea', '#b6bac1', '#9fa4ad', '#6b707a', '#3a3d44', '#2e3036', '#1c1d21', '#151619', '#111214', '#0c0d0f'] },
  variantColorResolver,
  fontFamily: 'ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, "SF Mono", Menlo, Consolas, "Liberation Mono", "DejaVu Sans Mono", monospace',
  fontSizes: { xs: '12px', sm: '13px', md: '14px', lg: '16px', xl: '20px' },
  lineHeights: { xs: '16px', sm: '20px', md: '20px', lg: '24px', xl: '28px' },
  spacing: { xs: '8px', sm: '12px', md: '16px', lg: '24px', xl: '32px' },
  radius: { xs: '4px', sm: '6px', md: '6px', lg: '8px', xl: '12px' },
  defaultRadius: 'sm',
  headings: {
    fontWeight: '600',
    sizes: { h1: { fontSize: '20px', lineHeight: '28px' }, h2: { fontSize: '15px', lineHeight: '20px' }, h3: { fontSize: '14px', lineHeight: '20px' } },
  },
  cursorType: 'pointer',
  respectReducedMotion: true,
  focusRing: 'auto',
  components: {
    Button: {
      defaultProps: { size: 'xs' },
      vars: (_: unknown, { size }: { size?: string }) => ({
        root: {
          '--button-height': size?.startsWith('compact') === true ? '24px' : '32px',
          '--button-fz': size?.startsWith('compact') === true ? '12px' : '13px',
        },
      }),
      styles: { root: { fontWeight: 500 } },
    },
    ActionIcon: { defaultProps: { variant: 'transparent', color: 'gray', size: 32 }, styles: { root: { color: 'var(--fw-dim)', background: 'none' } } },
    TextInput: { defaultProps: { size: 'sm' } },
    Switch: { styles: { thumb: { backgroundColor: 'var(--fw-page)', borderColor: 'var(--fw-line-strong)' } } },
    Checkbox: { defaultProps: { iconColor: 'var(--fw-page)' } },
    CheckboxIndicator: { defaultProps: { iconColor: 'var(--fw-page)' } },
    Tooltip: { defaultProps: { openDelay: 250, events: { hover: true, focus: true, touch: true } } },
    // Their heads are no banner of the page.
    Modal: {
      defaultProps: {
        attributes: { header: { role: 'presentation' } },
        radius: 'lg',
        transitionProps: { duration: 100 },
        overlayProps: { backgroundOpacity: 0.4 },
      },
    },
    Drawer: { defaultProps: { attributes: { header: { role: 'presentation' } }, transitionProps: { duration: 120 } } },
  },
})

const light = {
  '--fw-page': '#ffffff',
  '--fw-rail': '#f7f7f8',
  '--fw-raised': '#ffffff',
  '--fw-sunken': '#f7f7f8',
  '--fw-hover': '#f1f1f3',
  '--fw-line': '#e4e5e8',
  '--fw-line-strong': '#878c96',
  '--fw-text': '#16181d',
  '--fw-text-hover': '#33373e',
  '--fw-dim': '#5a606a',
  '--fw-focus': '#16181d',
  '--fw-green': '#116a2c',
  '--fw-green-mark': '#1f883d',
  '--fw-green-wash': '#e8f5ec',
  '--fw-blue': '#0550ae',
  '--fw-blue-mark': '#0969da',
  '--fw-blue-wash': '#e7f1fd',
  '--fw-amber': '#7a4a00',
  '--fw-amber-mark': '#b37400',
  '--fw-amber-wash': '#fdf3dc',
  '--fw-red': '#a5121f',
  '--fw-red-mark': '#cf222e',
  '--fw-red-wash': '#fdecec',
  '--fw-purple': '#5e34ad',
  '--fw-purple-mark': '#8250df',
  '--fw-purple-wash': '#f3edfd',
  '--fw-grey': '#565c66',
  '--fw-grey-mark': '#767c86',
  '--fw-grey-wash': '#f1f1f3',
}

const dark: Record<keyof typeof light, string> = {
  '--fw-page': '#111214',
  '--fw-rail': '#0c0d0f',
  '--fw-raised': '#191a1e',
  '--fw-sunken': '#0c0d0f',
  '--fw-hover': '#1e2024',
  '--fw-line': '#2a2c31',
  '--fw-line-strong': '#6b707a',
  '--fw-text': '#e8e9ec',
  '--fw-text-hover': '#cfd1d5',
  '--fw-dim': '#9fa4ad',
  '--fw-focus': '#e8e9ec',
  '--fw-green': '#6cc683',
  '--fw-green-mark': '#3fae5a',
  '--fw-green-wash': '#13261a',
  '--fw-blue': '#79b8ff',
  '--fw-blue-mark': '#4a9bf5',
  '--fw-blue-wash': '#12233a',
  '--fw-amber': '#e3b04b',
  '--fw-amber-mark': '#d1972a',
  '--fw-amber-wash': '#2b2210',
  '--fw-red': '#ff8a85',
  '--fw-red-mark': '#f0554f',
  '--fw-red-wash': '#331719',
  '--fw-purple': '#bd9cf8',
  '--fw-purple-mark': '#9b72ea',
  '--fw-purple-wash': '#241a38',
  '--fw-grey': '#a5abb4',
  '--fw-grey-mark': '#7d838d',
  '--fw-grey-wash': '#212327',
}

/** Publishes the tokens above as CSS variables, and lays Mantine's own surfaces on them. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    ...light,
    '--mantine-color-body': light['--fw-page'],
    '--mantine-color-text': light['--fw-text'],
    '--mantine-color-dimmed': light['--fw-dim'],
    '--mantine-color-placeholder': '#6a707a',
    '--mantine-color-default-border': '#cfd1d6',
    '--mantine-color-error': light['--fw-red'],
  },
  dark: {
    ...dark,
    '--mantine-color-body': dark['--fw-page'],
    '--mantine-color-text': dark['--fw-text'],
    '--mantine-color-dimmed': dark['--fw-dim'],
    '--mantine-color-placeholder': '#8b909a',
    '--mantine-color-default': '#191a1e',
    '--mantine-color-default-border': '#3a3d44',
    '--mantine-color-error': dark['--fw-red'],
  },
})
