module fairway.localhost/${{ values.repository }}

go 1.22
