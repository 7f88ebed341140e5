require "test_helper"

class NightTest < ActiveSupport::TestCase
  test "tells how long in hours and minutes" do
    assert_equal "7 h 05", Night.new(minutes: 425).slept
  end

  test "has a day's minutes at most, a rest from 1 to 5, and a date of its own" do
    Night.create!(date: "2026-02-01", minutes: 400, rest: 3)
    assert_not Night.new(date: "2026-02-01", minutes: 400, rest: 3).valid?
    assert_not Night.new(date: "2026-02-02", minutes: 1441, rest: 3).valid?
    assert_not Night.new(date: "2026-02-02", minutes: 400, rest: 6).valid?
  end
end
