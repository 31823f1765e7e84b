package web

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"fairway.localhost/${{ values.repository }}/internal/links"
	"fairway.localhost/${{ values.repository }}/internal/telemetry"
)

func serve(t *testing.T) (*httptest.Server, *bytes.Buffer) {
	t.Helper()
	store, err := links.Parse([]byte(`[{"slug":"docs","target":"https://docs.example/start"}]`))
	if err != nil {
		t.Fatal(err)
	}
	lines := &bytes.Buffer{}
	server := httptest.NewServer(New(Options{
		Name: "test", Version: "1", Links: store,
		Log:       slog.New(slog.NewJSONHandler(lines, nil)),
		Telemetry: telemetry.New(telemetry.Options{Name: "test", Version: "1"}),
	}))
	server.Client().CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	t.Cleanup(server.Close)
	return server, lines
}

func ask(t *testing.T, server *httptest.Server, method, path, traceparent string) (*http.Response, string) {
	t.Helper()
	request, err := http.NewRequest(method, server.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if traceparent != "" {
		request.Header.Set("traceparent", traceparent)
	}
	response, err := server.Client().Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, _ := io.ReadAll(response.Body)
	return response, string(body)
}

func TestALinkLeadsToItsTarget(t *testing.T) {
	server, _ := serve(t)
	response, _ := ask(t, server, http.MethodGet, "/go/docs", "")
	if response.StatusCode != http.StatusFound || response.Header.Get("location") != "https://docs.example/start" {
		t.Errorf("%d %q", response.StatusCode, response.Header.Get("location"))
	}
	if response, body := ask(t, server, http.MethodGet, "/go/absent", ""); response.StatusCode != http.StatusNotFound || !strings.Contains(body, "absent") {
		t.Errorf("%d %s", response.StatusCode, body)
	}
}

func TestTheAnswerTellsTheVersion(t *testing.T) {
	server, _ := serve(t)
	_, body := ask(t, server, http.MethodGet, "/", "")
	var said struct{ Service, Version string }
	if err := json.Unmarshal([]byte(body), &said); err != nil || said.Version != "1" {
		t.Errorf("%s: %v", body, err)
	}
}

func TestAnUnknownPathIsA404AndAWrongMethodA405(t *testing.T) {
	server, _ := serve(t)
	for request, want := range map[[2]string]int{{"GET", "/nothing"}: 404, {"POST", "/links"}: 405, {"GET", "/healthz"}: 200, {"GET", "/livez"}: 200} {
		if response, _ := ask(t, server, request[0], request[1], ""); response.StatusCode != want {
			t.Errorf("%v: %d, want %d", request, response.StatusCode, want)
		}
	}
}

func TestALogLineCarriesTheTraceOfTheCaller(t *testing.T) {
	server, lines := serve(t)
	trace := strings.Repeat("a", 32)
	ask(t, server, http.MethodGet, "/healthz", "")
	ask(t, server, http.MethodGet, "/links", "00-"+trace+"-"+strings.Repeat("b", 16)+"-01")
	server.Close() // waits for the handler, which writes after its answer
	var line struct{ TraceID string }
	if err := json.Unmarshal(lines.Bytes(), &line); err != nil || line.TraceID != trace {
		t.Errorf("%s: %v", lines, err)
	}
}

func TestAPanicAnswers500WithoutItsDetails(t *testing.T) {
	lines := &bytes.Buffer{}
	handler := recoverFrom(Options{Log: slog.New(slog.NewJSONHandler(lines, nil))}, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("password in here") }))
	recorded := httptest.NewRecorder()
	handler.ServeHTTP(recorded, httptest.NewRequest(http.MethodGet, "/", nil))
	if recorded.Code != 500 || strings.Contains(recorded.Body.String(), "password") || !strings.Contains(lines.String(), "password") {
		t.Errorf("%d %s; log: %s", recorded.Code, recorded.Body, lines)
	}
}
