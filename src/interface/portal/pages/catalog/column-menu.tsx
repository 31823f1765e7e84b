import { Button, Checkbox, Menu } from '@mantine/core'
import { columnTitles } from './catalog-columns.tsx'

/** Which columns are shown. */
export function ColumnMenu({ shown, onChange }: { shown: readonly string[]; onChange: (ids: string[]) => void }) {
  return (
    <Menu closeOnItemClick={false} position="bottom-end" shadow="md">
      <Menu.Target>
        <Button variant="default">Columns</Button>
      </Menu.Target>
      <Menu.Dropdown>
        {columnTitles.map(({ id, title }) => (
          <Menu.Item
            key={id}
            role="menuitemcheckbox"
            aria-checked={shown.includes(id)}
            leftSection={<Checkbox.Indicator checked={shown.includes(id)} size="xs" />}
            onClick={() => onChange(columnTitles.map((each) => each.id).filter((each) => (each === id ? !shown.includes(id) : shown.includes(each))))}
          >
            {title}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
