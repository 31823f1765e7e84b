package main

import "testing"

func TestAddress(t *testing.T) {
	for _, test := range []struct{ host, port, want string }{
		{"", "", ":8080"},
		{"127.0.0.1", "0", "127.0.0.1:0"},
		{"::1", "65535", "[::1]:65535"},
	} {
		if got, err := address(test.host, test.port); err != nil || got != test.want {
			t.Errorf("address(%q, %q) = %q, %v; want %q", test.host, test.port, got, err, test.want)
		}
	}
	for _, port := range []string{"http", "-1", "65536"} {
		if _, err := address("", port); err == nil {
			t.Errorf("a service must not start with PORT=%q", port)
		}
	}
}
