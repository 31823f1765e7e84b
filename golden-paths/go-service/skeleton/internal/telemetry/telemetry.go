// Package telemetry sends traces by OTLP/HTTP (JSON), in a page of code instead of a page of modules.
package telemetry

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
)

const (
	queueLimit = 2000
	flushEvery = time.Second
)

var traceparent = regexp.MustCompile(`^00-([0-9a-f]{32})-([0-9a-f]{16})-`)

// Options says who sends, and where to. The last three are as OpenTelemetry's environment variables have them.
type Options struct{ Name, Version, Endpoint, Headers, Attributes string }

// Exporter sends spans in the background. It never gets in the way: a failed delivery is dropped, and the queue is bounded.
type Exporter struct {
	url      string
	headers  map[string]string
	resource any
	client   http.Client
	mutex    sync.Mutex
	queue    []any
	closed   chan struct{}
	done     chan struct{}
}

// New makes an exporter. Without an endpoint nothing is sent.
func New(o Options) *Exporter {
	attributes := list(o.Attributes)
	attributes["service.name"], attributes["service.version"] = o.Name, o.Version
	e := &Exporter{
		headers:  list(o.Headers),
		resource: map[string]any{"attributes": pairs(attributes)},
		client:   http.Client{Timeout: 3 * time.Second},
		closed:   make(chan struct{}),
		done:     make(chan struct{}),
	}
	if o.Endpoint == "" {
		close(e.done)
		return e
	}
	e.url = strings.TrimRight(o.Endpoint, "/") + "/v1/traces"
	go e.run()
	return e
}

// Close sends what is left.
func (e *Exporter) Close() {
	close(e.closed)
	<-e.done
}

// Span is a request as it goes.
type Span struct {
	TraceID, SpanID, parent string
	started                 time.Time
	exporter                *Exporter
}

// Start continues the caller's trace when it sent a W3C traceparent.
func (e *Exporter) Start(parent string) Span {
	span := Span{TraceID: random(16), SpanID: random(8), started: time.Now(), exporter: e}
	if match := traceparent.FindStringSubmatch(parent); match != nil {
		span.TraceID, span.parent = match[1], match[2]
	}
	return span
}

// End hands the span over.
func (s Span) End(name string, attributes map[string]any) {
	code := 1
	if status, _ := attributes["http.response.status_code"].(int); status >= 500 {
		code = 2
	}
	span := map[string]any{
		"traceId": s.TraceID, "spanId": s.SpanID, "name": name, "kind": 2,
		"startTimeUnixNano": strconv.FormatInt(s.started.UnixNano(), 10),
		"endTimeUnixNano":   strconv.FormatInt(time.Now().UnixNano(), 10),
		"attributes":        pairs(attributes),
		"status":            map[string]any{"code": code},
	}
	if s.parent != "" {
		span["parentSpanId"] = s.parent
	}
	s.exporter.push(span)
}

func (e *Exporter) push(span any) {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	if e.url != "" && len(e.queue) < queueLimit {
		e.queue = append(e.queue, span)
	}
}

func (e *Exporter) run() {
	defer close(e.done)
	ticker := time.NewTicker(flushEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			e.flush()
		case <-e.closed:
			e.flush()
			return
		}
	}
}

func (e *Exporter) flush() {
	e.mutex.Lock()
	spans := e.queue
	e.queue = nil
	e.mutex.Unlock()
	if len(spans) == 0 {
		return
	}
	scope := map[string]any{"scope": map[string]any{"name": "app"}, "spans": spans}
	body, _ := json.Marshal(map[string]any{"resourceSpans": []any{map[string]any{"resource": e.resource, "scopeSpans": []any{scope}}}})
	request, err := http.NewRequest(http.MethodPost, e.url, bytes.NewReader(body))
	if err != nil {
		return
	}
	for name, value := range e.headers {
		request.Header.Set(name, value)
	}
	request.Header.Set("content-type", "application/json")
	if response, err := e.client.Do(request); err == nil {
		response.Body.Close()
	}
}

// list reads a=1,b=2 as OpenTelemetry's environment variables have it.
func list(text string) map[string]string {
	result := map[string]string{}
	for _, pair := range strings.Split(text, ",") {
		key, value, isPair := strings.Cut(pair, "=")
		if decoded, err := url.PathUnescape(strings.TrimSpace(value)); isPair && err == nil {
			result[strings.TrimSpace(key)] = decoded
		}
	}
	return result
}

func pairs[V any](fields map[string]V) []any {
	result := make([]any, 0, len(fields))
	for key, value := range fields {
		kind, shown := "stringValue", fmt.Sprint(value)
		if _, isNumber := any(value).(int); isNumber {
			kind = "intValue"
		}
		result = append(result, map[string]any{"key": key, "value": map[string]any{kind: shown}})
	}
	return result
}

func random(size int) string {
	bytes := make([]byte, size)
	_, _ = rand.Read(bytes)
	return hex.EncodeToString(bytes)
}
