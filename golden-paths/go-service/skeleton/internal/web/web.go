// Package web answers the service's requests.
package web

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"

	"fairway.localhost/${{ values.repository }}/internal/links"
	"fairway.localhost/${{ values.repository }}/internal/telemetry"
)

// Options is what the service needs. Everything is handed in, so that tests need no network.
type Options struct {
	Name, Version string
	Links         *links.Store
	Log           *slog.Logger
	Telemetry     *telemetry.Exporter
}

// New makes the handler of all requests.
func New(o Options) http.Handler {
	routes := http.NewServeMux()
	routes.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, map[string]any{"service": o.Name, "version": o.Version})
	})
	routes.HandleFunc("GET /links", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, map[string]any{"items": o.Links.All()})
	})
	routes.HandleFunc("GET /go/{slug}", func(w http.ResponseWriter, r *http.Request) {
		link, isThere := o.Links.Find(r.PathValue("slug"))
		if !isThere {
			answer(w, http.StatusNotFound, map[string]any{"error": fmt.Sprintf("there is no link %q", r.PathValue("slug"))})
			return
		}
		// Not a permanent one: browsers would never ask again, and a link may move.
		http.Redirect(w, r, link.Target, http.StatusFound)
	})
	// Ready to take traffic. Ask here what the service can't work without.
	routes.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, map[string]any{"status": "ready"})
	})
	// Alive: restarting would not help more than this.
	routes.HandleFunc("GET /livez", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, map[string]any{"status": "alive"})
	})
	return observe(o, recoverFrom(o, routes))
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("content-type", "application/json; charset=utf-8")
	w.Header().Set("cache-control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

// recoverFrom answers 500 for a handler that panics; the details are for the log, not for the caller.
func recoverFrom(o Options, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			if cause := recover(); cause != nil {
				o.Log.Error(fmt.Sprint(cause), "path", r.URL.Path, "stack", string(debug.Stack()))
				answer(w, http.StatusInternalServerError, map[string]any{"error": "something went wrong"})
			}
		}()
		next.ServeHTTP(w, r)
	})
}

// observe writes a span and a line for each request.
func observe(o Options, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// Probes come every second: a span and a line for each would hide everything else.
		if r.URL.Path == "/healthz" || r.URL.Path == "/livez" {
			next.ServeHTTP(w, r)
			return
		}
		started := time.Now()
		span := o.Telemetry.Start(r.Header.Get("traceparent"))
		seen := &recorder{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(seen, r)
		span.End(r.Method+" "+kindOf(r), map[string]any{"http.request.method": r.Method, "url.path": r.URL.Path, "http.response.status_code": seen.status})
		o.Log.Info(fmt.Sprintf("%s %s %d", r.Method, r.URL.Path, seen.status),
			"traceId", span.TraceID, "spanId", span.SpanID, "status", seen.status, "durationMs", time.Since(started).Milliseconds())
	})
}

// kindOf names what was asked for with few names: the pattern, never the path itself.
func kindOf(r *http.Request) string {
	switch {
	case r.URL.Path == "/" || r.URL.Path == "/links":
		return r.URL.Path
	case len(r.URL.Path) > 4 && r.URL.Path[:4] == "/go/":
		return "/go/{slug}"
	default:
		return "unmatched"
	}
}

type recorder struct {
	http.ResponseWriter
	status int
}

func (r *recorder) WriteHeader(status int) {
	r.status = status
	r.ResponseWriter.WriteHeader(status)
}
