package telemetry

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestSpansArriveAtTheCollectorUnderTheCallersTrace(t *testing.T) {
	type batch struct {
		ResourceSpans []struct {
			Resource   struct{ Attributes []struct{ Key string } }
			ScopeSpans []struct {
				Spans []struct {
					TraceID, ParentSpanID, Name string
					Status                      struct{ Code int }
				}
			}
		}
	}
	received := make(chan batch, 1)
	collector := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var body batch
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
			t.Error(err)
		}
		if r.URL.Path != "/v1/traces" || r.Header.Get("authorization") != "Bearer abc" {
			t.Errorf("%s with %q", r.URL.Path, r.Header.Get("authorization"))
		}
		received <- body
	}))
	defer collector.Close()

	exporter := New(Options{Name: "test", Version: "1", Endpoint: collector.URL + "/", Headers: "authorization=Bearer%20abc", Attributes: "deployment.environment.name=dev"})
	trace, parent := strings.Repeat("a", 32), strings.Repeat("b", 16)
	exporter.Start("00-"+trace+"-"+parent+"-01").End("GET /", map[string]any{"http.response.status_code": 500})
	exporter.Close()

	sent := (<-received).ResourceSpans[0]
	span := sent.ScopeSpans[0].Spans[0]
	if span.TraceID != trace || span.ParentSpanID != parent || span.Status.Code != 2 || len(sent.Resource.Attributes) != 3 {
		t.Errorf("%+v", sent)
	}
}

func TestWithoutAnEndpointNothingIsSentAndNothingFails(t *testing.T) {
	exporter := New(Options{Name: "test", Version: "1"})
	exporter.Start("nonsense").End("GET /", nil)
	exporter.Close()
}
